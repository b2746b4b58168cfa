import { madeAt } from "@cartwright/kernel/ids";
import {
  violation,
  type Evidence,
  type InboxRow,
  type Violation,
} from "./evidence.ts";

type Messages = Pick<
  Evidence,
  | "committed"
  | "published"
  | "watchedSince"
  | "subscriptions"
  | "inboxes"
  | "sequences"
  | "parked"
  | "archived"
  | "effects"
>;

/** I6: no message is lost. I7: none is a ghost. I8: none overtakes another. I10: each acts once. */
export const messageViolations = (evidence: Messages): Violation[] => [
  ...delivered(evidence),
  ...committedFirst(evidence),
  ...inOrder(evidence),
  ...followed(evidence),
  ...actedOnce(evidence),
];

type Identified = { readonly id: string; readonly attempt: number | null };
const identityOf = ({ id, attempt }: Identified): string =>
  attempt === null ? id : `${id}#${attempt}`;
const entryOf = (row: InboxRow): string => `${row.consumer} ${identityOf(row)}`;

function delivered(evidence: Messages): Violation[] {
  const { committed, published, subscriptions, inboxes, parked } = evidence;
  const onTopic = new Set(published.map(identityOf));
  const received = new Set(inboxes.map(entryOf));
  return [
    ...violation(
      "I6",
      "a committed message is on no topic",
      committed.filter((row) => !onTopic.has(identityOf(row))),
    ),
    ...subscriptions.flatMap(({ consumer, types }) =>
      violation(
        "I6",
        `a message has not reached ${consumer}`,
        published.filter(
          (row) =>
            types.has(row.type) &&
            !received.has(`${consumer} ${identityOf(row)}`),
        ),
      ),
    ),
    ...violation("I6", "a message waits for a person", parked),
  ];
}

function committedFirst({
  committed,
  published,
  watchedSince,
}: Messages): Violation[] {
  const known = new Set(committed.map(identityOf));
  const isWatched = ({ id, attempt }: Identified) =>
    attempt !== null || madeAt(id) > watchedSince;
  return violation(
    "I7",
    "a message on a topic was never committed",
    published.filter((row) => isWatched(row) && !known.has(identityOf(row))),
  );
}

/** Events of a subject appear on their topic as 1, 2, 3 …; repetitions aside. */
function inOrder({ published }: Messages): Violation[] {
  const lasts = new Map<string, number>();
  const seen = new Set<string>();
  const leaps: unknown[] = [];
  for (const { id, attempt, topic, subject, sequence } of published) {
    if (attempt !== null || seen.has(id)) continue;
    seen.add(id);
    const stream = `${topic} ${subject}`;
    const last = lasts.get(stream) ?? 0;
    if (sequence !== last + 1) leaps.push({ subject, sequence, after: last });
    lasts.set(stream, Math.max(last, sequence));
  }
  return violation("I8", "an event came out of turn", leaps);
}

/** Each consumer stands where the subjects end that it follows. */
function followed({
  published,
  subscriptions,
  sequences,
}: Messages): Violation[] {
  const stands = new Map(
    sequences.map((row) => [`${row.consumer} ${row.subject}`, row.last]),
  );
  const ends = new Map<string, { topic: string; last: number }>();
  for (const { attempt, topic, subject, sequence } of published) {
    if (attempt !== null) continue;
    const last = Math.max(sequence, ends.get(subject)?.last ?? 0);
    ends.set(subject, { topic, last });
  }
  return subscriptions.flatMap(({ consumer, topics, follows }) =>
    violation(
      "I8",
      `${consumer} does not stand at the end of a subject`,
      [...ends]
        .filter(
          ([subject, { topic }]) =>
            topics.has(topic) && follows.has(subject.split("/")[0] ?? ""),
        )
        .map(([subject, { last }]) => ({
          subject,
          last,
          stands: stands.get(`${consumer} ${subject}`),
        }))
        .filter((row) => row.stands !== row.last),
    ),
  );
}

function actedOnce({ published, archived, effects, inboxes }: Messages) {
  const events = new Set(
    published.filter(({ attempt }) => attempt === null).map(({ id }) => id),
  );
  const lines = new Set(archived.map(({ id }) => id));
  return [
    ...violation(
      "I10",
      "an effect happened twice",
      repeated(effects.map(({ effect, key }) => `${effect} of ${key}`)),
    ),
    ...violation(
      "I10",
      "a message is in an inbox twice",
      repeated(inboxes.map(entryOf)),
    ),
    ...violation("I10", "the archive is not what was published", [
      ...[...events].filter((id) => !lines.has(id)),
      ...[...lines].filter((id) => !events.has(id)),
    ]),
    ...violation(
      "I10",
      "an event is in the archive twice",
      repeated(archived.map(({ id }) => id)),
    ),
  ];
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.filter((key) => {
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated;
  });
}

/** How many of the published messages were published before; answers that were asked for again are not counted. */
export function duplicateDeliveries({
  committed,
  published,
}: Pick<Evidence, "committed" | "published">): number {
  const meant = new Map<string, number>();
  for (const row of committed)
    meant.set(identityOf(row), (meant.get(identityOf(row)) ?? 0) + 1);
  const came = new Map<string, number>();
  for (const row of published)
    came.set(identityOf(row), (came.get(identityOf(row)) ?? 0) + 1);
  return [...came].reduce(
    (sum, [id, count]) => sum + Math.max(0, count - (meant.get(id) ?? 1)),
    0,
  );
}
