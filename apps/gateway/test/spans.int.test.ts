import { recordedSpans } from "@cartwright/testing/recorded-spans";
import request from "supertest";
import { httpUpstream } from "../src/http-upstream.ts";
import { aGateway, stopAll, upstreamHere } from "./fixtures.ts";

afterEach(stopAll);

/** The gateway's span of a request for a product. */
async function spanOf(path: string, upstream = upstreamHere()) {
  const spans = await recordedSpans(async (tracing) =>
    request(await aGateway({ upstream, tracing })).get(path),
  );
  return spans.find(({ name }) => name === "gateway GET");
}

it("shows as an error that a service gives no answer", async () => {
  const nobody = httpUpstream({ name: "catalog", url: "http://127.0.0.1:1" });
  expect(await spanOf("/api/v1/products/7", nobody)).toMatchObject({
    failed: true,
    attributes: { "http.response.status_code": 503, "error.type": "503" },
  });
});

it("says what was asked of it, as it came", async () => {
  const span = await spanOf("/api/products/7?q=secret");
  expect(span?.attributes).toEqual({
    "http.request.method": "GET",
    "http.response.status_code": 200,
    "url.path": "/api/products/7",
    "url.query": "q=REDACTED",
    "url.scheme": "http",
  });
});

it("shows no error where a service refuses", async () => {
  expect(await spanOf("/api/v1/products/none")).toMatchObject({
    failed: false,
    attributes: { "http.response.status_code": 404 },
  });
});
