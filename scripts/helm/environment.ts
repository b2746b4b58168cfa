import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import type { z } from "zod";
import { declaredEnvironments } from "../declared-environments.ts";
import type { Manifest } from "./render.ts";

/** Node's own, and what other variables are put together from. */
const notOurs = new Set(["NODE_ENV", "ADMIN_PASSWORD"]);

type Variable = {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { secretKeyRef?: { name: string; key: string } };
};
type Container = {
  readonly name: string;
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { configMapRef?: { name: string } }[];
};

/** Variables that the chart sets and nobody reads, and those that a process lacks or would refuse. */
export function misconfigured(manifests: readonly Manifest[]): string[] {
  return manifests
    .flatMap(({ spec }) => containersIn(spec))
    .flatMap((container) => {
      const config = declaredEnvironments[container.name];
      return config ? compare(container, config, manifests) : [];
    });
}

const containersIn = (spec: unknown): readonly Container[] =>
  (spec as { template?: { spec?: { containers?: Container[] } } } | undefined)
    ?.template?.spec?.containers ?? [];

function compare(
  container: Container,
  config: z.ZodObject,
  manifests: readonly Manifest[],
): string[] {
  const environment = environmentOf(container, manifests);
  const unread = Object.keys(environment).filter(
    (name) => !(name in config.shape) && !notOurs.has(name),
  );
  return [
    ...unread.map((name) => `${container.name} never reads ${name}.`),
    ...refusals(config, environment).map(
      (sentence) => `${container.name}: ${sentence}`,
    ),
  ];
}

function refusals(
  config: z.ZodObject,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  try {
    parseConfig(config, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

function environmentOf(
  { env = [], envFrom = [] }: Container,
  manifests: readonly Manifest[],
): Record<string, string> {
  const named = (kind: string, name: string | undefined) =>
    manifests.find(
      (manifest) => manifest.kind === kind && manifest.metadata.name === name,
    );
  const maps = envFrom.map(
    ({ configMapRef }) => named("ConfigMap", configMapRef?.name)?.data ?? {},
  );
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret, key = name } = valueFrom?.secretKeyRef ?? {};
    const kept = named("Secret", secret)?.stringData?.[key];
    return [name, value ?? kept ?? standIn(name)];
  });
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Record<
    string,
    string
  >;
}

/** What a Secret that the chart does not make may contain. */
const standIn = (name: string): string =>
  ({
    DATABASE_URL: "postgresql://role:password@database/cartwright",
    REDIS_URL: "redis://redis:6379",
    SMTP_URL: "smtps://shop:password@mail.example",
    PROVIDER_WEBHOOK_SECRET: "whsec_MDEyMzQ1Njc4OWFiY2RlZg==",
  })[name] ?? "a secret of some length";
