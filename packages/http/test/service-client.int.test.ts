import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { clientCredentials } from "../src/client-credentials.ts";
import { httpTransport } from "../src/http-transport.ts";
import { serviceClient } from "../src/service-client.ts";

const servers: Server[] = [];

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const cause = {
  correlationId: "flow-1",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
};
const schema = z.object({ name: z.string() });

const clientOf = (url: string) =>
  serviceClient({
    caller: "order",
    name: "catalog",
    transport: httpTransport(url),
    token: () => Promise.resolve("t-1"),
  });

it("asks with its token, the flow and the trace", async () => {
  let seen: unknown;
  const url = await listening((request, response) => {
    const { authorization, traceparent } = request.headers;
    seen = [
      request.method,
      request.url,
      authorization,
      traceparent,
      request.headers["x-correlation-id"],
    ];
    response.end('{"name":"Cup","more":1}');
  });

  const product = await clientOf(url).get("/api/v1/products/1", {
    schema,
    cause,
  });

  expect(product).toEqual({ name: "Cup" });
  expect(seen).toEqual([
    "GET",
    "/api/v1/products/1",
    "Bearer t-1",
    cause.traceparent,
    "flow-1",
  ]);
});

it("posts JSON", async () => {
  const url = await listening((request, response) => {
    void text(request).then((body) => {
      const name = `${request.headers["content-type"] ?? ""} ${body}`;
      response.end(JSON.stringify({ name }));
    });
  });
  const answer = await clientOf(url).post("/x", { a: 1 }, { schema, cause });
  expect(answer).toEqual({ name: 'application/json {"a":1}' });
});

it("hands on the other service's refusal, however often, without opening the breaker", async () => {
  const url = await listening((_request, response) => {
    response.statusCode = 404;
    response.end('{"code":"product-unknown","detail":"No such product."}');
  });
  const client = clientOf(url);
  for (let n = 0; n < 30; n += 1) {
    await expect(client.get("/x", { schema, cause })).rejects.toMatchObject({
      code: "product-unknown",
      message: "No such product.",
    });
  }
});

it("stops asking a service that fails, and says that it is unavailable", async () => {
  let asked = 0;
  const url = await listening((_request, response) => {
    asked += 1;
    response.statusCode = 500;
    response.end("{}");
  });
  const client = clientOf(url);
  for (let n = 0; n < 30; n += 1) {
    await expect(client.get("/x", { schema, cause })).rejects.toMatchObject({
      code: "catalog-unavailable",
    });
  }
  expect(asked).toBeGreaterThanOrEqual(10);
  expect(asked).toBeLessThan(15);
});

it.each([
  ["that is no JSON", "<html>"],
  ["of another shape", '{"name":7}'],
])("takes no answer %s", async (_what, body) => {
  const url = await listening((_request, response) => response.end(body));
  await expect(
    clientOf(url).get("/x", { schema, cause }),
  ).rejects.toMatchObject({
    code: "catalog-unavailable",
  });
});

it("says that a service is unavailable when nobody listens", async () => {
  await expect(
    clientOf("http://127.0.0.1:1").get("/x", { schema, cause }),
  ).rejects.toMatchObject({ code: "catalog-unavailable" });
});

it("keeps no connection that the service could close just when it is used", async () => {
  let isClosed = false;
  const url = await listening((request, response) => {
    request.socket.once("end", () => (isClosed = true));
    response.setHeader("keep-alive", "timeout=65"); // as our servers offer
    response.end('{"name":"Cup"}');
  });
  servers[0]!.keepAliveTimeout = 65_000;
  await clientOf(url).get("/x", { schema, cause });
  const lingering = { within: seconds(5) }; // by the chart
  await eventually(() => expect(isClosed).toBe(true), lingering);
});

it("ends with the request it works for", async () => {
  const url = await listening(() => undefined);
  const signal = AbortSignal.timeout(30);
  await expect(
    clientOf(url).get("/x", { schema, cause, signal }),
  ).rejects.toMatchObject({ code: "catalog-unavailable" });
});

it("gets its token by client credentials and renews it shortly before it expires", async () => {
  let asked = 0;
  let body = "";
  let now = 0;
  const url = await listening((request, response) => {
    asked += 1;
    void text(request).then((form) => {
      body = form;
      const answer = { access_token: `t-${asked}`, expires_in: 600 };
      response.end(JSON.stringify(answer));
    });
  });
  const token = clientCredentials({
    url,
    clientId: "order",
    clientSecret: "s&=",
    now: () => now,
  });

  expect(await Promise.all([token(), token()])).toEqual(["t-1", "t-1"]);
  expect(body).toBe(
    "grant_type=client_credentials&client_id=order&client_secret=s%26%3D",
  );
  now = 569_000;
  expect(await token()).toBe("t-1");
  now = 570_000;
  expect(await token()).toBe("t-2");
});

it("says that identity is unavailable when it gives no token", async () => {
  const url = await listening((_request, response) => {
    response.statusCode = 401;
    response.end("{}");
  });
  const token = clientCredentials({
    url,
    clientId: "order",
    clientSecret: "x",
  });
  await expect(token()).rejects.toMatchObject({ code: "identity-unavailable" });
});
