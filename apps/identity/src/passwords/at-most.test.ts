import { setImmediate as turn } from "node:timers/promises";
import { atMost } from "./at-most.ts";

/** Work that ends when it is told to. */
function controlled() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { work, ends };
}

describe("limited work", () => {
  it("runs two at a time and the third when one has ended", async () => {
    const limited = atMost(2, 10);
    const { work, ends } = controlled();

    const all = [limited(work), limited(work), limited(work)];
    await turn();
    expect(ends).toHaveLength(2);

    ends[0]?.();
    await turn();
    expect(ends).toHaveLength(3);

    ends.forEach((end) => end());
    await Promise.all(all);
  });

  it("passes the place on when the work fails", async () => {
    const limited = atMost(1, 1);

    const failing = limited(() => Promise.reject(new Error("no")));
    const following = limited(() => Promise.resolve("done"));

    await expect(failing).rejects.toThrow("no");
    await expect(following).resolves.toBe("done");
  });

  it("refuses when the line is too long", async () => {
    const limited = atMost(1, 1);
    const { work, ends } = controlled();

    const running = limited(work);
    const waiting = limited(() => Promise.resolve());
    await expect(limited(work)).rejects.toMatchObject({
      code: "service-unavailable",
    });

    await turn();
    ends[0]?.();
    await Promise.all([running, waiting]);
  });
});
