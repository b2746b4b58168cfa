import { topics } from "@cartwright/contracts/topics";
import type { ReceivedRecord } from "@cartwright/messaging/bus";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { silentLogger } from "@cartwright/observability/logger";
import type { MessageRow } from "./outbox-history.ts";

/** A message on a topic. */
export type TopicRow = MessageRow & {
  readonly partition: string;
  readonly offset: number;
};

/** Reads every topic from its beginning, in a group of its own that no service knows. */
export type TopicReader = {
  /** What was read so far: each record once, per partition in the order of the log. */
  rows(): readonly TopicRow[];
  stop(): Promise<void>;
};

export async function readTopics(
  brokers: readonly string[],
): Promise<TopicReader> {
  const bus = kafkaBus({
    brokers,
    clientId: "chaos",
    logger: silentLogger,
  });
  const rows: TopicRow[] = [];
  const reached = new Map<string, number>();
  const subscription = bus.subscribe({
    group: "chaos",
    topics,
    maxBatch: 5_000,
    handle: async ({ records }) => {
      for (const row of records.map(rowOf)) {
        // What a rebalance brings a second time lies where it lay before.
        if (row.offset <= (reached.get(row.partition) ?? -1)) continue;
        reached.set(row.partition, row.offset);
        rows.push(row);
      }
      await Promise.resolve();
    },
  });
  await subscription.start?.();
  return { rows: () => rows, stop: async () => subscription.stop?.() };
}

function rowOf({ topic, headers, position }: ReceivedRecord): TopicRow {
  const [partition = "", offset] = position.split("@");
  return {
    id: headers["ce_id"] ?? "",
    type: shared(headers["ce_type"] ?? ""),
    topic: shared(topic),
    subject: headers["ce_subject"] ?? "",
    sequence: Number(headers["ce_sequence"]),
    attempt:
      headers["ce_attempt"] === undefined
        ? null
        : Number(headers["ce_attempt"]),
    partition: shared(partition),
    offset: Number(offset),
  };
}

const texts = new Map<string, string>();

/** One copy of what millions of rows say. */
function shared(text: string): string {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  return known ?? text;
}
