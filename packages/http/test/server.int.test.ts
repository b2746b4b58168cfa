import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { Agent, get as httpGet, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { events, ok } from "../src/reply.ts";
import { get } from "../src/route.ts";
import { httpServer, type HttpServer } from "../src/server.ts";
import { testApp } from "./test-app.ts";

let release: () => void = () => undefined;
let arrived = 0;

async function* endless() {
  yield { data: 1 };
  await new Promise(() => undefined);
}

const responses = { 200: z.any() };
const app = testApp({
  routes: [
    get("/fast", {
      summary: "Fast",
      access: "public",
      responses,
      handle: async () => ok("fast"),
    }),
    get("/slow", {
      summary: "Slow",
      access: "public",
      responses,
      handle: async () => {
        arrived += 1;
        await new Promise<void>((resolve) => (release = resolve));
        return ok("slow");
      },
    }),
    get("/events", {
      summary: "Events",
      access: "public",
      responses,
      handle: async () => events(endless()),
    }),
  ],
});

async function aServer(drain = 5_000, linger = 0): Promise<HttpServer> {
  const server = httpServer({
    app,
    port: 0,
    host: "127.0.0.1",
    logger: silentLogger,
    drain,
    linger,
  });
  await server.start?.();
  arrived = 0;
  return server;
}

const ask = (server: HttpServer, path: string, agent?: Agent) =>
  askPort(server.port(), path, agent);

const askPort = (port: number, path: string, agent?: Agent) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(
      { host: "127.0.0.1", port, path, ...(agent && { agent }) },
      resolve,
    ).once("error", reject);
  });

it("sends security headers and none that tell what it is made of", async () => {
  const server = await aServer();
  const { headers } = await ask(server, "/fast");
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "content-security-policy": expect.any(String) as unknown,
    "strict-transport-security": expect.any(String) as unknown,
  });
  expect(headers).not.toHaveProperty("x-powered-by");
  await server.stop?.();
});

it("lets the requests in hand end and takes no more", async () => {
  const server = await aServer();
  const slow = ask(server, "/slow");
  await eventually(() => expect(arrived).toBe(1));

  const port = server.port();
  const stopped = server.stop?.();
  await expect(askPort(port, "/fast")).rejects.toThrow("ECONNREFUSED");
  release();

  const answer = await slow;
  expect(await text(answer)).toBe('"slow"');
  await stopped;
});

it("closes kept connections and ends event streams at once", async () => {
  const server = await aServer();
  const agent = new Agent({ keepAlive: true });
  await text(await ask(server, "/fast", agent));
  const stream = await ask(server, "/events");
  const begun = performance.now();

  await Promise.all([server.stop?.(), text(stream)]);

  expect(performance.now() - begun).toBeLessThan(1_000);
  agent.destroy();
});

it("answers for a while after it is told to stop, but is not ready and keeps no connection", async () => {
  const server = await aServer(5_000, 300);
  const agent = new Agent({ keepAlive: true });
  const kept = await ask(server, "/fast", agent);
  await text(kept);
  expect((await ask(server, "/health/ready")).statusCode).toBe(200);
  const begun = performance.now();
  const stopped = server.stop?.();

  const ready = await ask(server, "/health/ready");
  expect(ready.statusCode).toBe(503);
  expect(await text(ready)).toContain('"stopping"');
  for (const connection of [agent, undefined]) {
    const answer = await ask(server, "/fast", connection);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["connection"]).toBe("close");
  }
  await stopped;
  expect(performance.now() - begun).toBeGreaterThan(290);
  agent.destroy();
});

it("says with the last answer that no further request is taken", async () => {
  const server = await aServer();
  const agent = new Agent({ keepAlive: true });
  const slow = ask(server, "/slow", agent);
  await eventually(() => expect(arrived).toBe(1));
  const stopped = server.stop?.();
  release();
  expect((await slow).headers["connection"]).toBe("close");
  await stopped;
  agent.destroy();
});

it("cuts what has not ended by the deadline", async () => {
  const server = await aServer(50);
  const slow = ask(server, "/slow");
  await eventually(() => expect(arrived).toBe(1));
  const outcome = expect(slow).rejects.toThrow();
  await server.stop?.();
  await outcome;
  release();
});

it("says in one sentence that a port is taken", async () => {
  const first = await aServer();
  const second = httpServer({
    app,
    port: first.port(),
    host: "127.0.0.1",
    logger: silentLogger,
  });
  await expect(second.start?.()).rejects.toThrow(
    `Port ${first.port()} is already taken by another process.`,
  );
  await first.stop?.();
});
