import { Pace } from "./pace.ts";

it("looks again soon where something was found, and ever later where nothing was", () => {
  const pace = new Pace();
  const waits = [true, false, false, false, false, false, true].map((found) =>
    pace.after({ found }),
  );
  expect(waits).toEqual([20, 40, 80, 160, 250, 250, 20]);
});
