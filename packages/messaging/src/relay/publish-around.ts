import { RefusedRecords } from "../bus.ts";

/** A row that the bus does not take even alone, and what it said. */
export type Refused<Row> = { readonly row: Row; readonly reason: string };

export type Outcome<Row> = {
  /** In their order. */
  readonly published: readonly Row[];
  /** One of a subject at most: what comes after it was not tried. */
  readonly refused: readonly Refused<Row>[];
};

/**
 * Publishes a batch around what the bus refuses for good: halves what is refused until a row is refused alone.
 * Strictly in order, and past nothing that is refused under its own subject, so that each subject's rows stay in
 * theirs. Rows may be published several times. Ends early when `goesOn` says so; rejects with any other failure.
 */
export async function publishAround<Row extends { readonly subject: string }>(
  rows: readonly Row[],
  {
    publish,
    goesOn,
  }: {
    readonly publish: (rows: readonly Row[]) => Promise<void>;
    /** Asked before each try but the first. */
    readonly goesOn: () => Promise<boolean>;
  },
): Promise<Outcome<Row>> {
  const published: Row[] = [];
  const refused = new Map<string, Refused<Row>>();
  /** What comes next lies last. */
  const waiting: (readonly Row[])[] = [rows];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const open = part.filter(({ subject }) => !refused.has(subject));
    const [first] = open;
    if (first === undefined) continue;
    if (part !== rows && !(await goesOn())) break;
    const refusal = await refusalOf(() => publish(open));
    if (refusal === undefined) published.push(...open);
    else if (open.length > 1) waiting.push(...halves(open).reverse());
    else refused.set(first.subject, { row: first, reason: refusal.message });
  }
  return { published, refused: [...refused.values()] };
}

async function refusalOf(
  attempt: () => Promise<void>,
): Promise<RefusedRecords | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof RefusedRecords) return error;
    throw error;
  }
}

function halves<Row>(rows: readonly Row[]): (readonly Row[])[] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}
