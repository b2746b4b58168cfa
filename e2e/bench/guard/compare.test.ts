import { movedFigures, type ModeFigures } from "./compare.ts";
import type { WaveFigures } from "./waves.ts";

const alone: WaveFigures = {
  commitsPerOrder: 42,
  rowsPerBatch: 1.1,
  messagesPerProduceRequest: 1.2,
  walBytesPerOrder: 70_000,
};
const together: WaveFigures = {
  commitsPerOrder: 0.8,
  rowsPerBatch: 70,
  messagesPerProduceRequest: 60,
  walBytesPerOrder: 64_000,
};
const recorded = { kafka: { alone, together } };
const moved = (now: Partial<ModeFigures>) =>
  movedFigures(recorded, { kafka: { alone, together, ...now } });

describe("the guard of what an order takes", () => {
  it("is content within a tenth", () => {
    expect(
      moved({
        alone: { ...alone, commitsPerOrder: 45, walBytesPerOrder: 64_000 },
      }),
    ).toEqual([]);
  });

  it("says which figure moved, and how to record it anew", () => {
    const sentences = moved({ alone: { ...alone, commitsPerOrder: 48 } });

    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toContain(
      "kafka, orders one at a time: commits per order moved from 42.00 to 48.00 (14 %",
    );
    expect(sentences[0]).toContain("npm run bench:guard -- --record");
  });

  it("wants an improvement recorded too", () => {
    expect(
      moved({ alone: { ...alone, walBytesPerOrder: 50_000 } })[0],
    ).toContain("WAL bytes per order moved");
  });

  it("lets a busy machine make batches smaller, but not fall apart", () => {
    expect(
      moved({
        together: { ...together, rowsPerBatch: 40, commitsPerOrder: 1.5 },
      }),
    ).toEqual([]);
    expect(moved({ together: { ...together, rowsPerBatch: 3 } })[0]).toContain(
      "less than a third as large",
    );
    expect(
      moved({ together: { ...together, rowsPerBatch: Number.NaN } }),
    ).toHaveLength(1);
  });

  it("holds an order alone only to its bytes where the log gathers by the clock", () => {
    const movedBy = (now: Partial<WaveFigures>) =>
      movedFigures(
        { embedded: { alone, together } },
        { embedded: { alone: { ...alone, ...now }, together } },
      );

    expect(
      movedBy({ commitsPerOrder: 55, messagesPerProduceRequest: 0.8 }),
    ).toEqual([]);
    expect(movedBy({ walBytesPerOrder: 80_000 })).toHaveLength(1);
    expect(movedBy({ messagesPerProduceRequest: 0.3 })).toHaveLength(1);
  });

  it("knows when nothing is recorded", () => {
    expect(movedFigures({}, recorded)[0]).toContain(
      "Nothing is recorded for kafka",
    );
  });
});
