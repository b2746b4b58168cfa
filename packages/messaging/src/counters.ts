import {
  counter,
  histogram,
  secondsSince,
} from "@cartwright/observability/metrics";
import { firstSampled } from "@cartwright/observability/trace-context";
import type { ReceivedRecord } from "./bus.ts";

/** Records per batch and per publication are the first sign of what an order costs: small batches are dear. */
const batches = counter("cartwright_consumer_batches_total");
const batchedRecords = counter("cartwright_consumer_records_total");
const publications = counter("cartwright_publications_total");
const publishedRecords = counter("cartwright_published_records_total");
const unpublishable = counter("cartwright_unpublishable_records_total");
const durations = histogram("messaging_process_duration_seconds");
const consumed = counter("messaging_client_consumed_messages_total");

/** Counts a batch once, however many records it has; `begun` is a reading of `performance.now()`. */
export function countBatch(
  service: string,
  records: readonly ReceivedRecord[],
  begun: number,
): void {
  batches.add(1);
  batchedRecords.add(records.length);
  observe("handled", service, records, begun);
  const perTopic = new Map<string, number>();
  for (const { topic } of records)
    perTopic.set(topic, (perTopic.get(topic) ?? 0) + 1);
  for (const [topic, count] of perTopic)
    consumed.add(count, { service, messaging_destination_name: topic });
}

/** A batch that will be delivered again. */
export function countFailedBatch(
  ...[service, records, begun]: Parameters<typeof countBatch>
): void {
  observe("failed", service, records, begun);
}

function observe(
  outcome: "handled" | "failed",
  ...[service, records, begun]: Parameters<typeof countBatch>
): void {
  const traceparent = firstSampled(records.map(({ headers }) => headers));
  durations.observe(secondsSince(begun), { service, outcome }, traceparent);
}

export function countPublication(records: number): void {
  if (records === 0) return;
  publications.add(1);
  publishedRecords.add(records);
}

export function countUnpublishable(records: number): void {
  unpublishable.add(records);
}
