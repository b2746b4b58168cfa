import type { IncomingMessage } from "node:http";

export type Answer = { readonly status: number; readonly body: unknown };

/** A request that cannot be served as it is. */
export class BadRequest extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export const problem = (
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): Answer => ({
  status,
  body: { type: "about:blank", title: code, status, code, ...more },
});

const maxBytes = 16 * 1_024;

/** The body, read whole. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BadRequest(413, "body-too-large");
    chunks.push(chunk);
  }
  return jsonOf(Buffer.concat(chunks).toString("utf8"));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, "malformed-json");
  }
}
