import type { StoredRecord } from "../bus/broker.ts";
import type { Row } from "../tables.ts";
import { must } from "../violation.ts";
import type { World } from "../world.ts";

/** I6 to I9: every committed message is on its topic and no other, in the order of its subject. */
export function checkMessages(world: World): void {
  const { tables, broker } = world;
  const records = broker.all();
  const published = new Set(records.map(identityOf));
  const sent = new Set(tables.sent.map(({ row }) => sentIdentity(row)));
  for (const id of sent)
    must(published.has(id), "I6", () => `${id} was never published`);
  for (const id of published)
    must(sent.has(id), "I7", () => `${id} was published without a commit`);
  checkOrder(records);
  checkLogs(tables.rows("order", "saga_log"));
}

/** First appearances of a subject's events count 1, 2, 3 … */
function checkOrder(records: readonly StoredRecord[]): void {
  const lasts = new Map<string, number>();
  const seen = new Set<string>();
  for (const record of records) {
    const {
      ce_id: id = "",
      ce_subject,
      ce_sequence,
      ce_attempt,
    } = record.headers;
    if (ce_attempt !== undefined || seen.has(id)) continue;
    seen.add(id);
    const subject = `${record.topic} ${ce_subject}`;
    const last = lasts.get(subject) ?? 0;
    must(
      Number(ce_sequence) === last + 1,
      "I8",
      () => `${subject}: ${ce_sequence} behind ${last}, at ${record.position}`,
    );
    lasts.set(subject, last + 1);
  }
}

/** Each saga's story is told without gaps. */
function checkLogs(lines: readonly Row[]): void {
  for (const [saga, story] of Map.groupBy(lines, (line) => line["saga_id"])) {
    const numbers = story
      .map(({ sequence }) => Number(sequence))
      .sort((a, b) => a - b);
    must(
      numbers.every((number, index) => number === index + 1),
      "I9",
      () => `the log of saga ${String(saga)} has ${numbers.join()}`,
    );
  }
}

const identityOf = ({ headers }: Pick<StoredRecord, "headers">): string =>
  `${headers["ce_type"]} ${headers["ce_id"]}#${headers["ce_attempt"] ?? ""}`;

const sentIdentity = ({ headers }: Row): string =>
  identityOf({
    headers: (typeof headers === "string"
      ? JSON.parse(headers)
      : headers) as StoredRecord["headers"],
  });
