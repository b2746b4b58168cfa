import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";
import { httpTransport, type Transport } from "./http-transport.ts";

const tokenAnswer = z.object({
  access_token: z.string(),
  expires_in: z.number(),
});

type ClientCredentials = {
  /** Where identity answers. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly transport?: Transport;
  readonly now?: () => number;
};

const PATH = "/api/v1/oauth/token";
const DEADLINE = seconds(3);
/** A token is renewed while it is still good for this long. */
const MARGIN = seconds(30);

/** A service's own token: asked of identity, kept until shortly before it expires. */
export function clientCredentials(
  options: ClientCredentials,
): () => Promise<string> {
  const { transport = httpTransport(options.url), now = Date.now } = options;
  let current = { token: "", goodUntil: 0 };
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    try {
      const { access_token, expires_in } = await requestToken(
        transport,
        options,
      );
      const goodUntil = now() + seconds(expires_in) - MARGIN;
      current = { token: access_token, goodUntil };
    } catch (error) {
      throw identityUnavailable(error);
    } finally {
      asking = undefined;
    }
  };
  return async () => {
    if (now() >= current.goodUntil) await (asking ??= ask());
    return current.token;
  };
}

async function requestToken(
  transport: Transport,
  { clientId, clientSecret }: ClientCredentials,
): Promise<z.output<typeof tokenAnswer>> {
  const { status, text } = await transport({
    method: "POST",
    path: PATH,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
    signal: AbortSignal.timeout(DEADLINE),
  });
  if (status !== 200) throw new Error(`Identity answered ${status}.`);
  return tokenAnswer.parse(JSON.parse(text));
}

const identityUnavailable = (cause: unknown): Refusal =>
  new Refusal(
    "identity-unavailable",
    "Identity gives this service no token right now.",
    {},
    { cause },
  );
