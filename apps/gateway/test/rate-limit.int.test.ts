import { seconds } from "@cartwright/kernel/duration";
import { silentLogger } from "@cartwright/observability/logger";
import request from "supertest";
import { rateLimiter } from "../src/rate-limiter.ts";
import { aGateway, generous, upstreamHere } from "./fixtures.ts";

const few = { requests: 3, window: seconds(10) };

const limited = async (limits = { default: few, login: generous }) =>
  aGateway({
    upstream: upstreamHere(),
    trustedProxies: 1,
    rateLimiter: await rateLimiter({ limits, logger: silentLogger }),
  });

type Gateway = Awaited<ReturnType<typeof limited>>;
const browse = (gateway: Gateway, headers: Record<string, string> = {}) =>
  request(gateway).get("/api/v1/products/1").set(headers);

it("tells what is left, then asks to wait", async () => {
  const gateway = await limited();
  const first = await browse(gateway);
  expect(first.status).toBe(200);
  expect(first.headers).toMatchObject({
    "ratelimit-policy": '"default";q=3;w=10',
    ratelimit: '"default";r=2;t=10',
  });
  await browse(gateway);
  await browse(gateway);

  const refused = await browse(gateway);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({ code: "rate-limited" });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
});

it("counts users apart, wherever they come from", async () => {
  const gateway = await limited();
  for (const ip of ["1.1.1.1", "2.2.2.2", "3.3.3.3"]) {
    await browse(gateway, {
      authorization: "Bearer ann",
      "x-forwarded-for": ip,
    }).expect(200);
  }
  await browse(gateway, { authorization: "Bearer ann" }).expect(429);
  await browse(gateway, { authorization: "Bearer bob" }).expect(200);
});

it("believes only the last proxy about where a request comes from", async () => {
  const gateway = await limited();
  for (const forged of ["9.9.9.1", "9.9.9.2", "9.9.9.3"]) {
    await browse(gateway, { "x-forwarded-for": `${forged}, 1.1.1.1` }).expect(
      200,
    );
  }
  await browse(gateway, { "x-forwarded-for": "9.9.9.4, 1.1.1.1" }).expect(429);
  await browse(gateway, { "x-forwarded-for": "2.2.2.2" }).expect(200);
});

it("counts refused tokens by where they come from", async () => {
  const gateway = await limited();
  const refused = { authorization: "Bearer expired" };
  await browse(gateway, refused).expect(401);
  await browse(gateway, refused).expect(401);
  await browse(gateway, refused).expect(401);
  await browse(gateway, refused).expect(429);
  await browse(gateway, { authorization: "Bearer ann" }).expect(200);
});

it("limits guessing more than browsing, whatever token is shown", async () => {
  const gateway = await limited({ default: generous, login: few });
  const logIn = (name: string) =>
    request(gateway)
      .post("/api/v1/auth/login")
      .set("authorization", `Bearer ${name}`)
      .send({});
  for (const name of ["a", "b", "c"]) await logIn(name).expect(200);
  await logIn("d").expect(429);
  await browse(gateway).expect(200);
});

it("goes on counting in memory while Redis is away, guesses at half the rate", async () => {
  const limits = { default: few, login: { requests: 4, window: seconds(10) } };
  const limiter = await rateLimiter({
    limits,
    logger: silentLogger,
    redisUrl: "redis://127.0.0.1:1",
  });
  try {
    expect(await limiter.health?.()).toMatchObject({ status: "degraded" });
    const begun = performance.now();
    expect(await limiter.take("default", "ann")).toMatchObject({
      isAllowed: true,
      remaining: 2,
    });
    await limiter.take("login", "ann");
    expect(await limiter.take("login", "ann")).toMatchObject({
      isAllowed: true,
    });
    expect(await limiter.take("login", "ann")).toMatchObject({
      isAllowed: false,
    });
    expect(performance.now() - begun).toBeLessThan(100);
  } finally {
    await limiter.stop?.();
  }
});
