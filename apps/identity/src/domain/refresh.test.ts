import { seconds } from "@cartwright/kernel/duration";
import { decideRefresh, repeatWindow, type Session } from "./refresh.ts";

const now = new Date("2026-01-02T03:04:05Z");
const ago = (duration: number) => new Date(now.getTime() - duration);

const aSession = (overrides: Partial<Session> = {}): Session => ({
  latestGeneration: 3,
  expiresAt: new Date("2026-02-01T00:00:00Z"),
  revokedAt: undefined,
  ...overrides,
});

describe("refreshing a session", () => {
  it("follows an unused token with the next one", () => {
    const token = { generation: 3, usedAt: undefined };
    expect(decideRefresh(aSession(), token, now)).toBe("rotate");
  });

  it("repeats the successor of the preceding token, since its answer may have got lost", () => {
    const token = { generation: 2, usedAt: ago(repeatWindow) };
    expect(decideRefresh(aSession(), token, now)).toBe("repeat");
  });

  it("takes the preceding token for stolen once the window is over", () => {
    const token = { generation: 2, usedAt: ago(repeatWindow + 1) };
    expect(decideRefresh(aSession(), token, now)).toBe("revoke");
  });

  it("never repeats an older token, however recently it was used", () => {
    const token = { generation: 1, usedAt: ago(seconds(1)) };
    expect(decideRefresh(aSession(), token, now)).toBe("revoke");
  });

  it("refuses every token of a revoked session", () => {
    const token = { generation: 3, usedAt: undefined };
    const session = aSession({ revokedAt: ago(seconds(1)) });
    expect(decideRefresh(session, token, now)).toBe("refuse");
  });

  it("refuses every token of a session that is over", () => {
    const token = { generation: 3, usedAt: undefined };
    expect(decideRefresh(aSession({ expiresAt: now }), token, now)).toBe(
      "refuse",
    );
  });
});
