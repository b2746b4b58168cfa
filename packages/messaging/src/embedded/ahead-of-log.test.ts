import { AheadOfLog } from "./ahead-of-log.ts";

const record = (id: string, topic = "order-events") => ({
  ...{ topic, key: "k", value: id },
  headers: { ce_id: id },
});

describe("records ahead of the log", () => {
  let ahead: AheadOfLog;
  const take = (limit = 100) => ahead.take(limit).map(({ value }) => value);
  beforeEach(() => {
    ahead = new AheadOfLog((topic) => topic === "order-events");
    ahead.offer("order", [record("first")]);
    ahead.met(record("first"));
  });

  it("are handed out once, in the order of their commits", () => {
    expect(ahead.offer("order", [record("a"), record("b")])).toBe(true);
    ahead.offer("order", [record("c")]);
    expect(take(2)).toEqual(["a", "b"]);
    expect(take()).toEqual(["c"]);
    expect(take()).toEqual([]);
  });

  it("tell which of them is the next", () => {
    expect(ahead.next()).toBeUndefined();
    ahead.offer("payment", [record("p1")]);
    expect(ahead.next()).toBeUndefined();
    ahead.offer("order", [record("a"), record("b")]);
    expect(ahead.next()?.value).toBe("a");
    take(1);
    expect(ahead.next()?.value).toBe("b");
  });

  it("are passed over in the log when they were handed out, each once", () => {
    ahead.offer("order", [record("a")]);
    take();
    expect(ahead.met(record("a"))).toBe(true);
    expect(ahead.met(record("a"))).toBe(false);
  });

  it("are left to the log that holds them already", () => {
    ahead.offer("order", [record("a"), record("b")]);
    expect(ahead.met(record("a"))).toBe(false);
    expect(take()).toEqual(["b"]);
  });

  it("know a command that is sent again by its attempt", () => {
    const sent = (attempt: string) => ({
      ...record("c"),
      headers: { ce_id: "c", ce_attempt: attempt },
    });
    ahead.offer("order", [sent("1"), sent("2")]);
    expect(take()).toHaveLength(2);
    expect(ahead.met(sent("2"))).toBe(true);
    expect(ahead.met(sent("1"))).toBe(true);
  });

  it("wait until the first of their outbox has been met in the log", () => {
    expect(ahead.offer("payment", [record("p1"), record("p2")])).toBe(false);
    expect(take()).toEqual([]);
    ahead.met(record("p1"));
    expect(take()).toEqual(["p2"]);
    expect(ahead.offer("payment", [record("p3")])).toBe(true);
  });

  it("wait again once they are forgotten, so that none overtakes what the log still brings", () => {
    ahead.offer("order", [record("a")]);
    ahead.forget();
    ahead.offer("order", [record("b"), record("c")]);
    expect(take()).toEqual([]);
    ahead.met(record("b"));
    expect(take()).toEqual(["c"]);
  });

  it("are forgotten when they become too many, and left to the log", () => {
    const many = Array.from({ length: 10_001 }, (_, n) => record(String(n)));
    ahead.offer("order", many);
    expect(take()).toEqual([]);
  });

  it("of other topics are passed over", () => {
    expect(ahead.offer("order", [record("m", "catalog-events")])).toBe(false);
    expect(take()).toEqual([]);
  });
});
