import { measuresOf, verdictOf } from "./floors.ts";

const cost = { name: "CPU", unit: "ms", floor: 3.5, goal: 2 };
const rate = { name: "share", unit: "", floor: 0.1, goal: 0.18, more: true };

describe("the table of measures", () => {
  it.each([
    [{ ...cost, measured: 2 }, "goal"],
    [{ ...cost, measured: 3.5 }, "floor held"],
    [{ ...cost, measured: 3.6 }, "missed"],
    [{ ...rate, measured: 0.2 }, "goal"],
    [{ ...rate, measured: 0.1 }, "floor held"],
    [{ ...rate, measured: 0.09 }, "missed"],
    [{ ...rate, measured: undefined }, "not measured"],
  ] as const)("judges %j: %s", (measure, verdict) => {
    expect(verdictOf(measure)).toBe(verdict);
  });

  it("shows what was not measured as such", () => {
    const measures = measuresOf([]);

    expect(measures.length).toBeGreaterThan(20);
    expect(measures.every((one) => verdictOf(one) === "not measured")).toBe(
      true,
    );
  });
});
