import { parseConfig } from "@cartwright/service/load-config";
import { apiAt, type Api } from "./api.ts";
import { cliConfig } from "./config.ts";
import { UsageError } from "./failures.ts";
import type { Options } from "./options.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The API as whoever the options or the environment name. */
export async function signIn(
  options: Pick<Options, "url" | "token">,
  environment: Environment,
): Promise<Api> {
  const settings = parseConfig(cliConfig, environment);
  const url = urlOf(options.url ?? settings.CARTWRIGHT_URL);
  const token = options.token ?? settings.CARTWRIGHT_TOKEN;
  if (token) return apiAt(url, token);
  const { CARTWRIGHT_EMAIL: email, CARTWRIGHT_PASSWORD: password } = settings;
  if (!email || !password) throw new UsageError(whoAreYou);
  const { accessToken } = await apiAt(url).post<{ accessToken: string }>(
    "/auth/login",
    { email, password },
  );
  return apiAt(url, accessToken);
}

const whoAreYou =
  "Say who you are: a token in CARTWRIGHT_TOKEN or --token, or CARTWRIGHT_EMAIL and CARTWRIGHT_PASSWORD. " +
  "`npm start` prints the demo shop's operator.";

function urlOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new UsageError(
      `${text} is no URL of the platform; one looks like http://localhost:8080.`,
    );
  return text.replace(/\/+$/, "");
}
