import { seconds } from "@cartwright/kernel/duration";
import type { TestService } from "@cartwright/testing/test-service";
import { repeatWindow, sessionLifetime } from "../src/domain/refresh.ts";
import type { Response } from "supertest";
import { ada, anIdentityService, credentials } from "./support.ts";

let identity: TestService;
let now = new Date();

beforeAll(async () => {
  identity = await anIdentityService({ clock: { now: () => now } });
  await post("register", ada);
});
afterAll(() => identity.stop());

const post = (path: string, body: object) =>
  identity.request.post(`/api/v1/auth/${path}`).send(body);

const logIn = async () => refreshTokenOf(await post("login", credentials));

const refreshTokenOf = ({ body }: Response): string =>
  String(body.refreshToken);

const refresh = (refreshToken: string) => post("refresh", { refreshToken });

const pass = (duration: number) => {
  now = new Date(now.getTime() + duration);
};

describe("refreshing", () => {
  it("hands out new tokens, each good once", async () => {
    const first = await logIn();
    const { status, body } = await refresh(first);

    expect(status).toBe(200);
    expect(body.refreshToken).not.toBe(first);
    expect(body).toMatchObject({
      tokenType: "Bearer",
      expiresIn: 600,
      user: { email: ada.email },
    });
    expect((await refresh(body.refreshToken)).status).toBe(200);
  });

  it("hands out the same successor when the answer got lost", async () => {
    const first = await logIn();
    const answers = await Promise.all([
      refresh(first),
      refresh(first),
      refresh(first),
    ]);

    const successors = answers.map(refreshTokenOf);
    expect(new Set(successors).size).toBe(1);
    expect((await refresh(refreshTokenOf(answers[0]))).status).toBe(200);
  });

  it("ends the session when an older token turns up", async () => {
    const first = await logIn();
    const { refreshToken: second } = (await refresh(first)).body;
    const { refreshToken: third } = (await refresh(second)).body;

    const stolen = await refresh(first);
    expect(stolen.status).toBe(401);
    expect(stolen.body.code).toBe("refresh-token-reused");

    const rightful = await refresh(third);
    expect(rightful.status).toBe(401);
    expect(rightful.body.code).toBe("refresh-token-invalid");
  });

  it("ends the session when the preceding token comes back too late", async () => {
    const first = await logIn();
    await refresh(first);
    pass(repeatWindow + seconds(1));

    expect((await refresh(first)).body.code).toBe("refresh-token-reused");
  });

  it("leaves other sessions of the user alone", async () => {
    const [one, other] = [await logIn(), await logIn()];
    await refresh(one);
    pass(repeatWindow + seconds(1));
    await refresh(one);

    expect((await refresh(other)).status).toBe(200);
  });

  it("is refused with a token that nobody was given", async () => {
    const { status, body } = await refresh("made-up");

    expect(status).toBe(401);
    expect(body.code).toBe("refresh-token-invalid");
  });

  it("is refused when the session is over", async () => {
    const token = await logIn();
    pass(sessionLifetime);

    expect((await refresh(token)).body.code).toBe("refresh-token-invalid");
  });
});

describe("logging out", () => {
  it("ends the session", async () => {
    const refreshToken = await logIn();

    expect((await post("logout", { refreshToken })).status).toBe(204);
    expect((await refresh(refreshToken)).body.code).toBe(
      "refresh-token-invalid",
    );
  });

  it("says nothing about tokens that are unknown or already ended", async () => {
    const refreshToken = await logIn();
    await post("logout", { refreshToken });

    expect((await post("logout", { refreshToken })).status).toBe(204);
    expect((await post("logout", { refreshToken: "made-up" })).status).toBe(
      204,
    );
  });
});

it("keeps neither passwords nor refresh tokens", async () => {
  const token = await logIn();
  const { db } = identity.platform;
  const kept = await Promise.all([
    db.query("SELECT users::text FROM users"),
    db.query("SELECT sessions::text FROM sessions"),
    db.query("SELECT encode(hash, 'escape') FROM refresh_tokens"),
  ]);

  const text = JSON.stringify(kept);
  expect(text).not.toContain(token);
  expect(text).not.toContain(ada.password);
});
