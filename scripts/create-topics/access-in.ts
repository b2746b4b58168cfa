import { readFileSync } from "node:fs";
import type { KafkaAccess } from "@cartwright/messaging/kafka-access";
import { ConfigError } from "@cartwright/service/load-config";
import { z } from "zod";

const accessFile = z.record(
  z.string().min(1),
  z.strictObject({
    publishes: z.array(z.string().min(1)),
    consumes: z.array(z.string().min(1)),
  }),
);

/** Who publishes and consumes what, by service, as the file at `path` says. */
export function accessIn(path: string): Record<string, KafkaAccess> {
  try {
    return accessFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new ConfigError([
      `The file that KAFKA_ACCESS_FILE names cannot be used: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}.`,
    ]);
  }
}
