import { jest } from "@jest/globals";
import { OutboxFloor } from "./outbox-floor.ts";

const sight = (endedBefore: number, begunBefore: number | null) => ({
  endedBefore,
  begunBefore,
});

describe("the floor of an outbox", () => {
  it("rises to what was taken once all that were open then have ended", () => {
    const floor = new OutboxFloor();
    floor.taken(500, sight(90, 100)); // 90 is open, and may have written row 499
    floor.taken(1_000, sight(90, 101));
    expect(floor.position).toBe(0);
    floor.taken(1_500, sight(100, 102));
    expect(floor.position).toBe(500);
  });

  it("stays below rows that were seen and not taken", () => {
    const floor = new OutboxFloor();
    floor.taken(500, sight(90, 100));
    floor.taken(300, sight(101, 102)); // a late row alone; behind it some may wait
    expect(floor.position).toBe(0);
    floor.taken(501, sight(102, 103));
    expect(floor.position).toBe(500);
  });

  it("learns nothing of who has begun from a reading that has not written", () => {
    const floor = new OutboxFloor();
    floor.taken(500, sight(100, null));
    floor.taken(501, sight(200, null));
    expect(floor.position).toBe(0);
  });

  it("does not wait for ever for a transaction that stays open", () => {
    const floor = new OutboxFloor();
    const now = jest.spyOn(performance, "now");
    now.mockReturnValue(0);
    floor.taken(500, sight(90, 100));
    now.mockReturnValue(5_001);
    floor.taken(600, sight(90, 101));
    expect(floor.position).toBe(500);
    now.mockRestore();
  });

  it("falls to the beginning, and rises anew", () => {
    const floor = new OutboxFloor();
    floor.taken(500, sight(90, 100));
    floor.taken(600, sight(100, 101));
    floor.fall();
    expect(floor.position).toBe(0);
    floor.taken(700, sight(102, 103));
    expect(floor.position).toBe(0);
    floor.taken(800, sight(104, 105));
    expect(floor.position).toBe(700);
  });
});
