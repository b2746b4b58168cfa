import { armCrashPoints, crashPoint, type CrashPoint } from "./crash-point.ts";

it("does nothing until it is armed, and nothing afterwards", () => {
  const passed: CrashPoint[] = [];
  crashPoint("relay.after-publish");
  const disarm = armCrashPoints((point) => void passed.push(point));
  crashPoint("order.before-commit");
  disarm();
  crashPoint("relay.after-delete");

  expect(passed).toEqual(["order.before-commit"]);
});

it("lets one hook act at a time", () => {
  const disarm = armCrashPoints(() => undefined);
  expect(() => armCrashPoints(() => undefined)).toThrow("armed already");
  disarm();
});

it("cannot be armed in production", () => {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    expect(() => armCrashPoints(() => undefined)).toThrow("production");
  } finally {
    process.env["NODE_ENV"] = before;
  }
});
