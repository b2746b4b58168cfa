import { logLimit } from "./log-limit.ts";

it("writes twenty lines of a kind in ten seconds, and says later how many it did not", () => {
  let time = 0;
  const limit = logLimit(() => time);
  const storm = Array.from({ length: 50 }, () => limit("error", "no broker"));
  expect(storm.filter(({ write }) => write)).toHaveLength(20);
  expect(limit("error", "something else")).toEqual({
    write: true,
    unwritten: 0,
  });
  time = 10_000;
  expect(limit("error", "no broker")).toEqual({ write: true, unwritten: 30 });
  expect(limit("error", "no broker")).toEqual({ write: true, unwritten: 0 });
});
