import { partsIn } from "./parts.ts";

it("takes one part, or several, in the order they run in", () => {
  expect(partsIn("processes")).toEqual(["processes"]);
  expect(partsIn("faults,grid")).toEqual(["grid", "faults"]);
});

it.each(["", "gird", "grid,", "grid;faults"])("refuses %j", (list) => {
  expect(() => partsIn(list)).toThrow("--only takes grid, faults, processes");
});
