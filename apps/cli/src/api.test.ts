import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { seconds } from "@cartwright/kernel/duration";
import { apiAt } from "./api.ts";

/** A platform that does the same to each request, and the keys that it was asked under. */
async function aPlatform(
  answer: (times: number) => RequestListener,
  deadline = seconds(3),
) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers["idempotency-key"]);
    request.resume();
    answer(keys.length)(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return {
    api: apiAt(`http://127.0.0.1:${port}`, "token", deadline),
    keys,
    stop,
  };
}

const done: RequestListener = (_, response) => response.end('{"done":true}');
const overdue: RequestListener = (_, response) =>
  response.writeHead(503).end('{"code":"deadline-exceeded"}');
const refused: RequestListener = (_, response) =>
  response
    .writeHead(409)
    .end('{"code":"saga-finished","detail":"It is over."}');

it.each<[string, RequestListener]>([
  ["no answer", () => undefined],
  ["a connection that is cut", (request) => request.socket.destroy()],
  [
    "an answer that breaks off",
    (request, response) => {
      response.writeHead(200, { "content-length": "99" });
      response.write("{", () => request.socket.destroy());
    },
  ],
  ["one that came too late for the platform", overdue],
])("asks once more under the same key after %s", async (_, silence) => {
  const { api, keys, stop } = await aPlatform((times) =>
    times === 1 ? silence : done,
  );
  expect(await api.post("/sagas/1/skip", {})).toEqual({ done: true });
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
  stop();
});

it("says that it does not know when the second answer fails to come too", async () => {
  const { api, keys, stop } = await aPlatform(() => () => undefined, 100);
  await expect(api.post("/sagas/1/skip", {})).rejects.toThrow(
    "does not say what became of it. Look before you ask again.",
  );
  expect(keys).toHaveLength(2);
  stop();
});

it("asks once where it is told no, and under a key of its own each time", async () => {
  const { api, keys, stop } = await aPlatform(() => refused);
  for (const _ of [1, 2])
    await expect(api.post("/sagas/1/skip", {})).rejects.toThrow("It is over.");
  expect(new Set(keys).size).toBe(2);
  stop();
});
