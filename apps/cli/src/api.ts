import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { CommandFailed } from "./failures.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Query = Readonly<Record<string, string | undefined>>;

/** The platform's API, below `/api/v1`, as one caller. Whatever it refuses is a `CommandFailed`. */
export type Api = {
  get<Body>(path: string, query?: Query): Promise<Body>;
  /** Undefined where there is no such thing. */
  find<Body>(path: string, query?: Query): Promise<Body | undefined>;
  /** Asks once more, under the same key, when nobody has said what became of it. */
  post<Body>(path: string, body: Json): Promise<Body>;
};

type Answer = { readonly status: number; readonly body: Json };

export function apiAt(
  url: string,
  token?: string,
  deadline = seconds(30),
): Api {
  const call = async (
    method: string,
    path: string,
    sent?: { readonly body: Json; readonly key: string },
  ): Promise<Answer> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent && {
          "content-type": "application/json",
          "idempotency-key": sent.key,
        }),
      },
      ...(sent && { body: JSON.stringify(sent.body) }),
      signal: AbortSignal.timeout(deadline),
    }).catch((error: unknown) => {
      throw wasSent(error) ? new NoAnswer(url, error) : unreachable(url, error);
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
    async post<Body>(path: string, body: Json) {
      const sent = { body, key: newId() };
      const ask = () => call("POST", path, sent);
      return expected<Body>(await ask().then(orAgain(ask), ifSilent(ask)));
    },
  };
}

type Ask = () => Promise<Answer>;

const orAgain = (ask: Ask) => (answer: Answer) =>
  answer.body.code === "deadline-exceeded" ? ask() : answer;

const ifSilent = (ask: Ask) => (error: unknown) => {
  if (error instanceof NoAnswer) return ask();
  throw error;
};

/** What was asked for may have been done all the same. */
class NoAnswer extends CommandFailed {
  constructor(url: string, cause: unknown) {
    const sentence = `${url} does not say what became of it. Look before you ask again.`;
    super(sentence, { cause });
  }
}

const unreachable = (url: string, cause: unknown): CommandFailed =>
  new CommandFailed(
    `Nothing answers at ${url}. Start the platform with \`npm start\`, or name another with --url or CARTWRIGHT_URL.`,
    { cause },
  );

const neverSent = new Set<unknown>([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"],
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** `fetch` says only in the cause of its error that there was no connection. */
const wasSent = (error: unknown): boolean => {
  const { cause } = error as { readonly cause?: unknown };
  if (cause === undefined) return true; // it was its time that ran out
  const { code } = cause as { readonly code?: unknown };
  return code !== undefined && !neverSent.has(code);
};

async function bodyOf(response: Response, url: string): Promise<Json> {
  const text = await response.text().catch((error: unknown) => {
    throw new NoAnswer(url, error);
  });
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
