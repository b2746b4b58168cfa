import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { recordedSpans } from "@cartwright/testing/recorded-spans";
import { setImmediate } from "node:timers/promises";
import request from "supertest";
import { z } from "zod";
import { ok, type Reply } from "../src/reply.ts";
import { get } from "../src/route.ts";
import { testApp } from "./test-app.ts";

/** The span of one request to a route that does as told. */
async function spanOf(
  handle: () => Promise<Reply>,
  {
    path = "/it/1",
    deadline = seconds(5),
    answered = (): void => undefined,
  } = {},
) {
  const spans = await recordedSpans(async (tracing) => {
    const route = get("/it/:id", {
      summary: "It",
      access: "public",
      responses: { 200: z.any() },
      handle,
    });
    await request(testApp({ routes: [route], tracing, deadline })).get(path);
    answered();
    await setImmediate(); // what was answered last ends its span
  });
  expect(spans).toHaveLength(1);
  return spans[0];
}

const refusing = (code: string) => () =>
  Promise.reject(new Refusal(code, "No."));

it.each([
  ["500", () => Promise.reject(new Error("broken"))],
  ["503", refusing("service-unavailable")],
])("shows an answer of %s as an error", async (status, handle) => {
  expect(await spanOf(handle)).toMatchObject({
    failed: true,
    attributes: {
      "http.response.status_code": Number(status),
      "error.type": status,
    },
  });
});

it.each([
  [200, async () => ok("it")],
  [404, refusing("not-found")],
])("shows an answer of %i as none", async (status, handle) => {
  const span = await spanOf(handle);
  expect(span).toMatchObject({
    failed: false,
    attributes: { "http.response.status_code": status },
  });
  expect(span?.attributes).not.toHaveProperty("error.type");
});

it("says what was asked, without what was searched for", async () => {
  const path = "/it/1?q=secret&limit=20&q";
  const span = await spanOf(async () => ok("it"), { path });
  expect(span).toMatchObject({ name: "GET /it/:id", kind: 2 });
  expect(span?.attributes).toEqual({
    "http.request.method": "GET",
    "http.route": "/it/:id",
    "http.response.status_code": 200,
    "url.path": "/it/1",
    "url.query": "q=REDACTED&limit=REDACTED&q=REDACTED",
    "url.scheme": "http",
  });
});

it("shows what was answered at the deadline, not what the handler said later", async () => {
  const { promise: late, resolve } = Promise.withResolvers<Reply>();
  const answered = () => resolve(ok("late"));
  expect(await spanOf(() => late, { deadline: 20, answered })).toMatchObject({
    failed: true,
    attributes: { "http.response.status_code": 503 },
  });
});
