/** What the messaging of all processes has counted together. */
export type Counters = {
  readonly batches: number;
  readonly batchedRecords: number;
  readonly publications: number;
  readonly publishedRecords: number;
};

const names = {
  batches: "cartwright_consumer_batches_total",
  batchedRecords: "cartwright_consumer_records_total",
  publications: "cartwright_publications_total",
  publishedRecords: "cartwright_published_records_total",
} as const;

/** Reads the counters of every process at these addresses; one that does not answer is an error. */
export async function readCounters(urls: readonly string[]): Promise<Counters> {
  const texts = await Promise.all(urls.map(read));
  const total = (name: string): number =>
    texts.reduce((sum, text) => sum + valueIn(text, name), 0);
  return {
    batches: total(names.batches),
    batchedRecords: total(names.batchedRecords),
    publications: total(names.publications),
    publishedRecords: total(names.publishedRecords),
  };
}

async function read(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers with ${response.status}.`);
  return response.text();
}

const valueIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
