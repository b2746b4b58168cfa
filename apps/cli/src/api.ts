import { seconds } from "@cartwright/kernel/duration";
import { CommandFailed } from "./failures.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Query = Readonly<Record<string, string | undefined>>;

/** The platform's API, below `/api/v1`, as one caller. Whatever it refuses is a `CommandFailed`. */
export type Api = {
  get<Body>(path: string, query?: Query): Promise<Body>;
  /** Undefined where there is no such thing. */
  find<Body>(path: string, query?: Query): Promise<Body | undefined>;
  post<Body>(path: string, body: Json): Promise<Body>;
};

const deadline = seconds(30);

type Answer = { readonly status: number; readonly body: Json };

export function apiAt(url: string, token?: string): Api {
  const call = async (
    method: string,
    path: string,
    body?: Json,
  ): Promise<Answer> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(body && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadline),
    }).catch((error: unknown) => {
      throw new CommandFailed(unreachable(url), { cause: error });
    });
    return { status: response.status, body: await bodyOf(response, url) };
  };
  return {
    get: async <Body>(path: string, query?: Query) =>
      expected<Body>(await call("GET", path + search(query))),
    async find<Body>(path: string, query?: Query) {
      const answer = await call("GET", path + search(query));
      return answer.status === 404 ? undefined : expected<Body>(answer);
    },
    post: async <Body>(path: string, body: Json) =>
      expected<Body>(await call("POST", path, body)),
  };
}

const unreachable = (url: string): string =>
  `Nothing answers at ${url}. Start the platform with \`npm start\`, or name another with --url or CARTWRIGHT_URL.`;

async function bodyOf(response: Response, url: string): Promise<Json> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new CommandFailed(
      `${url} answered ${response.status} with something that is no JSON: is it the platform's gateway?`,
    );
  }
}

function expected<Body>({ status, body }: Answer): Body {
  if (status < 400) return body as Body;
  const { code, detail, errors } = body as {
    code?: string;
    detail?: string;
    errors?: readonly { path: string; message: string }[];
  };
  const fields = (errors ?? []).map(
    ({ path, message }) => `\n  ${path}: ${message}`,
  );
  throw new CommandFailed(
    `Refused (${status} ${code ?? "without a code"}): ${detail ?? ""}${fields.join("")}${advice(code)}`,
  );
}

const advice = (code: string | undefined): string =>
  code === "token-expired" || code === "token-invalid"
    ? "\nLog in again, or give another token with --token or CARTWRIGHT_TOKEN."
    : "";

function search(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.set(name, value);
  return given.size === 0 ? "" : `?${given.toString()}`;
}
