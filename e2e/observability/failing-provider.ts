import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a payment provider, and answers 503 in its place while it is told to. */
export type FailingProvider = {
  readonly url: string;
  fail(fails: boolean): void;
  close(): void;
};

export async function failingProvider(
  target: string,
): Promise<FailingProvider> {
  let fails = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (fails) response.writeHead(503).end();
      else void forward(Buffer.concat(chunks));
    });
    const forward = async (body: Buffer) => {
      const answer = await fetch(new URL(request.url ?? "/", target), {
        method: request.method ?? "GET",
        headers: headersOf(request.headers),
        ...(body.length > 0 && { body }),
      }).catch(() => undefined);
      response.writeHead(answer?.status ?? 502, {
        "content-type": "application/json",
      });
      response.end(answer && (await answer.text()));
    };
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    fail: (now) => (fails = now),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Without those that belong to one connection. */
const headersOf = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" &&
      !["host", "connection", "content-length", "transfer-encoding"].includes(
        name,
      )
        ? [[name, value]]
        : [],
    ),
  );
