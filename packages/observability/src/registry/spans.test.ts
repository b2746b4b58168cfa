import { spans } from "./spans.ts";

/** Required of every span, or where it applies as it does here, by OpenTelemetry's semantic conventions 1.43. */
const required = {
  "HTTP server": [
    ...["http.request.method", "http.response.status_code"],
    ...["url.path", "url.query", "url.scheme"],
  ],
  "HTTP client": [
    ...["http.request.method", "http.response.status_code"],
    ...["server.address", "server.port", "url.full"],
  ],
  "messaging send": [
    ...["messaging.system", "messaging.operation.name"],
    ...["messaging.operation.type", "messaging.destination.name"],
  ],
  "messaging process": [
    ...["messaging.system", "messaging.operation.name"],
    ...["messaging.operation.type", "messaging.destination.name"],
    ...["messaging.batch.message_count", "messaging.consumer.group.name"],
  ],
} as const;

it.each(spans)("$name says what its convention requires", (span) => {
  const { convention, attributes } = span;
  const wanted = convention === undefined ? [] : required[convention];
  expect(attributes).toEqual(expect.arrayContaining([...wanted]));
  expect(attributes).not.toEqual([]);
});

it("follows a convention wherever there is one for the kind of span", () => {
  const without = spans.filter(({ convention }) => convention === undefined);
  expect(without.map(({ kind }) => kind)).not.toContain("server");
  expect(without.map(({ kind }) => kind)).not.toContain("producer");
  expect(without.map(({ kind }) => kind)).not.toContain("consumer");
});

it("names the route where the service knows it", () => {
  const served = spans.find(({ name }) => name === "<method> <route>");
  expect(served?.attributes).toContain("http.route");
});
