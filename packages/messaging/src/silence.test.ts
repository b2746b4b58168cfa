import { longestTransaction, sessionTimeout } from "./silence.ts";

it("lets no transaction take more than a third of the time after which a silent member is dead", () => {
  expect(longestTransaction).toBeGreaterThan(0);
  expect(longestTransaction).toBeLessThanOrEqual(sessionTimeout / 3);
});
