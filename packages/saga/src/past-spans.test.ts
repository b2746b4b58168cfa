import { pastSpans, type TimedLine } from "./past-spans.ts";

const line = (
  second: number,
  entry: TimedLine["entry"],
  step: string | null,
  detail: string | null = null,
): TimedLine => ({ at: new Date(second * 1_000), entry, step, detail });

it("tells a run that was refused and undone, step by step", () => {
  const spans = pastSpans("place-order", [
    line(0, "started", null),
    line(0, "sent", "reserve-inventory"),
    line(1, "done", "reserve-inventory"),
    line(1, "sent", "authorize-payment"),
    line(3, "refused", "authorize-payment", "card-declined"),
    line(3, "undo-sent", "reserve-inventory"),
    line(4, "undone", "reserve-inventory"),
    line(4, "compensated", null, "card-declined"),
  ]);
  expect(
    spans.map(({ name, startTime, endTime, failed }) => [
      ...[name, startTime.getTime() / 1_000, endTime.getTime() / 1_000],
      failed,
    ]),
  ).toEqual([
    ["run place-order", 0, 4, true],
    ["step reserve-inventory", 0, 1, false],
    ["step authorize-payment", 1, 3, true],
    ["undo reserve-inventory", 3, 4, false],
  ]);
  expect(spans[2]?.attributes).toEqual({
    "cartwright.saga.entry": "refused",
    "cartwright.saga.detail": "card-declined",
    "error.type": "card-declined",
  });
});

it("says nothing of a run without a log", () => {
  expect(pastSpans("place-order", [])).toEqual([]);
});
