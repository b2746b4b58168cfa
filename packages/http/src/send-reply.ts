import type { ServerResponse } from "node:http";
import type { Reply } from "./reply.ts";

/** Writes the reply, unless an earlier one (a deadline's) has gone out or the client has. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const { status, body, headers = {}, stream } = reply;
  response.statusCode = status;
  response.setHeader("cache-control", "no-store");
  if (stream) {
    for (const name in headers) response.setHeader(name, headers[name] ?? "");
    return pump(response, stream);
  }
  if (body === undefined) {
    for (const name in headers) response.setHeader(name, headers[name] ?? "");
    response.end();
    return;
  }
  const bytes = encode(body, headers);
  response.setHeader("content-type", "application/json");
  for (const name in headers) response.setHeader(name, headers[name] ?? "");
  response.setHeader("content-length", Buffer.byteLength(bytes));
  response.end(bytes);
}

const encode = (
  body: unknown,
  headers: Readonly<Record<string, string>>,
): string | Buffer =>
  Buffer.isBuffer(body) || (typeof body === "string" && headers["content-type"])
    ? body
    : JSON.stringify(body);

/** Ends the source when the client goes: its `finally` runs. */
async function pump(
  response: ServerResponse,
  stream: AsyncIterable<string>,
): Promise<void> {
  response.setHeader("x-accel-buffering", "no");
  response.flushHeaders();
  const source = stream[Symbol.asyncIterator]();
  response.once("close", () => void source.return?.());
  for (;;) {
    const next = await source.next();
    if (next.done === true || response.destroyed) break;
    if (!response.write(next.value)) await drained(response);
  }
  response.end();
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
  });
