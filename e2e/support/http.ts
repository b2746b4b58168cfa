/** What a request came back with. The body is read as it comes; assertions are the check. */
export type Answer = {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies of any route, read by assertions
  readonly body: any;
  readonly headers: Headers;
};

export type RequestOptions = {
  readonly token?: string | undefined;
  readonly idempotencyKey?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type HttpClient = {
  get(path: string, options?: RequestOptions): Promise<Answer>;
  post(path: string, options?: RequestOptions): Promise<Answer>;
};

/** Talks to the gateway at `url`, under `/api/v1`, with these headers in every request. */
export function httpClient(
  url: string,
  always: Readonly<Record<string, string>> = {},
): HttpClient {
  const request =
    (method: string) =>
    async (path: string, options: RequestOptions = {}): Promise<Answer> => {
      const payload =
        options.raw ??
        (options.body === undefined ? undefined : JSON.stringify(options.body));
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          ...(payload !== undefined && { "content-type": "application/json" }),
          ...(options.token !== undefined && {
            authorization: `Bearer ${options.token}`,
          }),
          ...(options.idempotencyKey !== undefined && {
            "idempotency-key": options.idempotencyKey,
          }),
          ...always,
          ...options.headers,
        },
        ...(payload !== undefined && { body: payload }),
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: jsonIn(text),
      };
    };
  return { get: request("GET"), post: request("POST") };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
