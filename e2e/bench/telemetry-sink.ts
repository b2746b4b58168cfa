import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Takes what the platform exports, and only counts it. */
export type TelemetrySink = {
  readonly url: string;
  spans(): number;
  bytes(): number;
  close(): void;
};

/** Each span of OTLP's JSON has one start; its links have none. */
const aSpan = /"startTimeUnixNano"/g;

/** An OTLP/HTTP collector on a free port of this machine. */
export async function startTelemetrySink(): Promise<TelemetrySink> {
  let spans = 0;
  let bytes = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      bytes += body.length;
      spans += body.toString("latin1").match(aSpan)?.length ?? 0;
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => spans,
    bytes: () => bytes,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
