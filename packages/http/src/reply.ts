/** What a route answers. */
export type Reply = {
  readonly status: number;
  /** Sent as JSON; a text or bytes as they are when `headers` name a content type. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent piece by piece in place of `body`, until it ends or the client has gone. */
  readonly stream?: AsyncIterable<string>;
};

type Located = { readonly location: string };

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown, { location }: Located): Reply => ({
  status: 201,
  body,
  headers: { location },
});
export const accepted = (body: unknown, { location }: Located): Reply => ({
  status: 202,
  body,
  headers: { location },
});
export const noContent = (): Reply => ({ status: 204 });

export type ServerSentEvent = {
  readonly id?: string;
  readonly event?: string;
  readonly data: unknown;
};

/** Server-sent events, each as soon as the source yields it; return from the source on `signal`. */
export const events = (source: AsyncIterable<ServerSentEvent>): Reply => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  stream: framed(source),
});

async function* framed(source: AsyncIterable<ServerSentEvent>) {
  yield ": connected\n\n";
  for await (const { id, event, data } of source) {
    const head = `${id ? `id: ${id}\n` : ""}${event ? `event: ${event}\n` : ""}`;
    yield `${head}data: ${JSON.stringify(data)}\n\n`;
  }
}
