import { jest } from "@jest/globals";
import type { Attempt } from "./attempts.ts";
import { LeasedQueue } from "./leased-queue.ts";

const attempt = (id: string, calls = 0): Attempt<string> => ({
  id,
  calls,
  kind: "test",
  subjectId: "s",
  request: id,
  cause: { correlationId: "c" },
});

describe("a queue of leased attempts", () => {
  const now = jest.spyOn(performance, "now");
  beforeEach(() => now.mockReturnValue(0));
  afterAll(() => now.mockRestore());

  it("gives them in their order, each once", () => {
    const queue = new LeasedQueue<string>();
    queue.add([attempt("a"), attempt("b")], 100);
    queue.add([attempt("c")], 100);
    expect(queue.size).toBe(3);
    expect([queue.next()?.id, queue.next()?.id, queue.next()?.id]).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(queue.next()).toBeUndefined();
  });

  it("leaves those alone whose lease may end before their call does", () => {
    const queue = new LeasedQueue<string>();
    queue.add([attempt("late"), attempt("later")], 100);
    queue.add([attempt("in time")], 200);
    now.mockReturnValue(101);
    expect(queue.next()?.id).toBe("in time");
    expect(queue.size).toBe(0);
  });

  it("keeps the place of one whose lease is renewed, and that it was not called", () => {
    const queue = new LeasedQueue<string>();
    queue.add([attempt("a"), attempt("b")], 100);
    queue.add([attempt("a", 1)], 300);
    now.mockReturnValue(200);
    expect(queue.next()).toEqual(attempt("a"));
    expect(queue.next()).toBeUndefined();
  });
});
