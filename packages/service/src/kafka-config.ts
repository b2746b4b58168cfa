import { readFileSync } from "node:fs";
import type { KafkaOptions } from "@cartwright/messaging/kafka/client";
import { z } from "zod";
import { ConfigError } from "./load-config.ts";

/** `host:port,host:port` */
export const kafkaBrokers = z
  .string()
  .transform((list) => list.split(",").map((broker) => broker.trim()))
  .pipe(
    z
      .array(z.string().regex(/^[^\s:]+:\d+$/, "expected host:port,host:port"))
      .min(1),
  )
  .describe("The brokers: `host:port,host:port`.");

/** How the brokers are spoken to; in the clear and without credentials unless given. */
export const kafkaSecurityConfig = z.object({
  KAFKA_SSL: z
    .enum(["true", "false"])
    .default("false")
    .describe("TLS to the brokers."),
  KAFKA_SSL_CA: z
    .string()
    .optional()
    .describe(
      "A file with the certificates to trust in place of those that Node does; needs `KAFKA_SSL`.",
    ),
  KAFKA_SASL_MECHANISM: z
    .enum(["plain", "scram-sha-256", "scram-sha-512"])
    .optional()
    .describe(
      "How it logs in to the brokers; goes with name and password, and `plain` with TLS only.",
    ),
  KAFKA_SASL_USERNAME: z
    .string()
    .optional()
    .describe("The name that it logs in to the brokers with."),
  KAFKA_SASL_PASSWORD: z
    .string()
    .optional()
    .describe("The password that it logs in to the brokers with."),
});

type SecurityConfig = z.output<typeof kafkaSecurityConfig>;
type Security = NonNullable<KafkaOptions["security"]>;

/** The client's options. Refuses half a configuration, and a password that would leave in the clear. */
export function kafkaSecurity(config: SecurityConfig): Security {
  return { ...tls(config), ...credentials(config) };
}

function tls(config: SecurityConfig): Pick<Security, "ssl"> {
  const { KAFKA_SSL: ssl, KAFKA_SSL_CA: file } = config;
  if (ssl === "true") return { ssl: file ? { ca: [contentOf(file)] } : true };
  if (file === undefined) return {};
  throw new ConfigError(["KAFKA_SSL_CA is given, but KAFKA_SSL is not true."]);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ConfigError([
      "The file that KAFKA_SSL_CA names is not readable.",
    ]);
  }
}

function credentials(config: SecurityConfig): Pick<Security, "sasl"> {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = config;
  const given = [mechanism, username, password].filter(Boolean).length;
  if (given === 0) return {};
  if (!mechanism || !username || !password)
    throw new ConfigError([
      "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together.",
    ]);
  if (mechanism === "plain" && config.KAFKA_SSL === "false")
    throw new ConfigError([
      "KAFKA_SASL_MECHANISM plain sends the password as it is: set KAFKA_SSL.",
    ]);
  // The type of each mechanism is its own; the fields are the same.
  return {
    sasl: { mechanism, username, password } as NonNullable<Security["sasl"]>,
  };
}
