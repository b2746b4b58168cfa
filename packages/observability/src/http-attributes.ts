import type { Attributes } from "./tracing.ts";

/** A refusal is no fault of whoever answers, but whoever asked has not got what he wanted. */
const failsFrom = { server: 500, client: 400 } as const;

/** How a request was answered, as the one side or the other sees it. */
export const answeredWith = (
  side: keyof typeof failsFrom,
  status: number,
): Attributes => ({
  "http.response.status_code": status,
  ...(status >= failsFrom[side] && { "error.type": String(status) }),
});

/** Callers can write any other word. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

export const knownMethod = (method: string): string =>
  methods.has(method) ? method : "_OTHER";

/** A request to us and its answer; `url` as the request line has it. */
export function servedAttributes(request: {
  readonly method: string;
  readonly url: string;
  readonly scheme: string;
  readonly status: number;
}): Attributes {
  const { method, url, scheme, status } = request;
  const known = knownMethod(method);
  const [path = "", query] = url.split("?", 2);
  return {
    "http.request.method": known,
    ...(known !== method && { "http.request.method_original": method }),
    "url.path": path,
    ...(query && { "url.query": masked(query) }),
    "url.scheme": scheme,
    ...answeredWith("server", status),
  };
}

/** A request of ours to somebody else. */
export function askedAttributes(method: string, address: string): Attributes {
  const { protocol, hostname, port, origin, pathname, search } = new URL(
    address,
  );
  const query = search && `?${masked(search.slice(1))}`;
  return {
    "http.request.method": knownMethod(method),
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    "url.full": `${origin}${pathname}${query}`,
  };
}

/** The parameters' names; what people search for and sign with is nobody's business. */
const masked = (query: string): string =>
  query
    .split("&")
    .map((parameter) => `${parameter.split("=", 1)[0] ?? ""}=REDACTED`)
    .join("&");
