import { counter } from "@cartwright/observability/counters";

/** Records per batch and per publication are the first sign of what an order costs: small batches are dear. */
const batches = counter(
  "cartwright_consumer_batches_total",
  "Batches handled, one transaction each unless a message had to be isolated.",
);
const batchedRecords = counter(
  "cartwright_consumer_records_total",
  "Records in the batches handled.",
);
const publications = counter(
  "cartwright_publications_total",
  "Publications of outbox rows: produce requests, or moves into the embedded log.",
);
const publishedRecords = counter(
  "cartwright_published_records_total",
  "Records in the publications.",
);
const unpublishable = counter(
  "cartwright_unpublishable_records_total",
  "Outbox rows that the bus refused for good; each waits for an operator.",
);

export function countBatch(records: number): void {
  batches.add(1);
  batchedRecords.add(records);
}

export function countPublication(records: number): void {
  if (records === 0) return;
  publications.add(1);
  publishedRecords.add(records);
}

export function countUnpublishable(records: number): void {
  unpublishable.add(records);
}
