import type { WaveFigures } from "./waves.ts";

/** What one mode was measured to take. */
export type ModeFigures = {
  /** Orders one at a time: nothing depends on how fast the machine is, but for the moves of a log that gathers. */
  readonly alone: WaveFigures;
  /** Many orders at once, the best of some waves: how far they share batches depends on it a little. */
  readonly together: WaveFigures;
};

export type Recorded = Readonly<Record<string, ModeFigures>>;

type Figure = keyof WaveFigures;

const names: Readonly<Record<Figure, string>> = {
  commitsPerOrder: "commits per order",
  rowsPerBatch: "rows per batch",
  messagesPerProduceRequest: "messages per produce request",
  walBytesPerOrder: "WAL bytes per order",
};
const figures = Object.keys(names) as Figure[];

/** Their log gathers by the clock, so how many moves and batches an order alone takes follows from how fast it goes. */
const gathering: ReadonlySet<string> = new Set(["embedded"]);

const tolerance = 0.1;
/** Batches come out smaller on a busy machine; one transaction per message is worse by far more. */
const batchTolerance = 3;
const again = "`npm run bench:guard -- --record` records it anew.";

/** A sentence for each figure that is not as recorded. Better than recorded is a change too: it wants recording. */
export function movedFigures(recorded: Recorded, measured: Recorded): string[] {
  return Object.entries(measured).flatMap(([mode, now]) => {
    const then = recorded[mode];
    if (!then) return [`Nothing is recorded for ${mode}: ${again}`];
    return [
      ...changed(`${mode}, orders one at a time`, then.alone, now.alone, {
        timed: gathering.has(mode),
      }),
      ...changed(`${mode}, orders at once`, then.together, now.together, {
        timed: true,
      }),
    ];
  });
}

/** Where the time decides how far orders share batches, only the bytes are held to the tenth. */
function changed(
  where: string,
  then: WaveFigures,
  now: WaveFigures,
  { timed }: { readonly timed: boolean },
): string[] {
  const exact: readonly Figure[] = timed ? ["walBytesPerOrder"] : figures;
  return [
    ...exact.flatMap((figure) => movedBy(where, figure, then, now)),
    ...(timed ? thinned(where, then, now) : []),
  ];
}

function movedBy(
  where: string,
  figure: Figure,
  then: WaveFigures,
  now: WaveFigures,
): string[] {
  const change = now[figure] / then[figure] - 1;
  if (Math.abs(change) <= tolerance) return [];
  return [
    `${where}: ${names[figure]} moved from ${show(then[figure])} to ${show(now[figure])} ` +
      `(${(change * 100).toFixed(0)} %, allowed are ${tolerance * 100} %). If that is meant, ${again}`,
  ];
}

function thinned(where: string, then: WaveFigures, now: WaveFigures): string[] {
  const worse: Readonly<Record<Exclude<Figure, "walBytesPerOrder">, number>> = {
    commitsPerOrder: now.commitsPerOrder / then.commitsPerOrder,
    rowsPerBatch: then.rowsPerBatch / now.rowsPerBatch,
    messagesPerProduceRequest:
      then.messagesPerProduceRequest / now.messagesPerProduceRequest,
  };
  return (Object.keys(worse) as (keyof typeof worse)[])
    .filter((figure) => !(worse[figure] <= batchTolerance))
    .map(
      (figure) =>
        `${where}: ${names[figure]} went from ${show(then[figure])} to ${show(now[figure])}: ` +
        `batches have become less than a third as large. If that is meant, ${again}`,
    );
}

const show = (value: number): string =>
  value < 1_000 ? value.toFixed(2) : value.toFixed(0);
