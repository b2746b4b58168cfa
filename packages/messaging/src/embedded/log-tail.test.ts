import type { LogEntry } from "./log-store.ts";
import { LogTail } from "./log-tail.ts";

const entry = (position: number, topic = "t"): LogEntry => ({
  position,
  writtenAt: "now",
  record: { topic, key: "k", headers: {}, value: "", position: "" },
});
const entries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
const positions = (read: { entries: LogEntry[] } | undefined) =>
  read?.entries.map(({ position }) => position);
const any = () => true;

describe("the tail of the log", () => {
  it("gives what lies after a position, up to the limit", () => {
    const tail = new LogTail();
    tail.append(entries(1, 5));
    expect(positions(tail.read(2, any, 2))).toEqual([3, 4]);
    expect(tail.read(5, any, 2)).toEqual({ entries: [], upTo: 5 });
  });

  it("passes over other topics to its end", () => {
    const tail = new LogTail();
    tail.append([entry(1), entry(2, "other"), entry(3)]);
    const other = tail.read(0, ({ record }) => record.topic === "other", 9);
    expect(positions(other)).toEqual([2]);
    expect(other?.upTo).toBe(3);
  });

  it("knows nothing before its beginning", () => {
    const tail = new LogTail();
    tail.reset(10);
    tail.append(entries(11, 12));
    expect(tail.read(9, any, 9)).toBeUndefined();
    expect(positions(tail.read(10, any, 9))).toEqual([11, 12]);
  });

  it("forgets all before a gap", () => {
    const tail = new LogTail();
    tail.append(entries(1, 3));
    tail.append(entries(7, 8));
    expect(tail.read(3, any, 9)).toBeUndefined();
    expect(positions(tail.read(6, any, 9))).toEqual([7, 8]);
  });

  it("forgets what went back: the server has lost the end of the log", () => {
    const tail = new LogTail();
    tail.append(entries(1, 5));
    tail.append(entries(4, 4));
    expect(positions(tail.read(3, any, 9))).toEqual([4]);
    expect(tail.read(2, any, 9)).toBeUndefined();
  });

  it("keeps only so much", () => {
    const tail = new LogTail();
    for (let n = 0; n < 20; n += 1)
      tail.append(entries(n * 1_000 + 1, (n + 1) * 1_000));
    expect(tail.end).toBe(20_000);
    expect(tail.read(5_000, any, 1)).toBeUndefined();
    expect(positions(tail.read(19_999, any, 9))).toEqual([20_000]);
  });
});
