import type { Queryable } from "@cartwright/database/tx";
import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { webhookStore, type Webhook } from "../db/webhook-store.ts";
import { dueLoop, type DueLoop } from "./due-loop.ts";
import { signedHeaders } from "./signature.ts";

const timeout = seconds(5);
const lease = seconds(30);
const longestWait = seconds(30);
const shortestWait = 10;

type Options = {
  readonly db: Queryable;
  readonly url: string;
  readonly secret: string;
  readonly logger: Logger;
};

/** Settles what has been pending long enough, and tells the merchant until he has heard. */
export function webhookSender(options: Options): Part & Pick<DueLoop, "wake"> {
  const loop = dueLoop(() =>
    work(options).catch((error: unknown) => {
      options.logger.warn("webhooks cannot be sent", { error: String(error) });
      return seconds(1);
    }),
  );
  return { name: "webhook sender", ...loop };
}

/** How long until there is more to do. */
async function work(options: Options): Promise<Duration> {
  const { db } = options;
  await webhookStore.settleDue(db);
  const due = await webhookStore.claimDue(db, 20, lease);
  await Promise.all(due.map((webhook) => deliver(options, webhook)));
  if (due.length > 0) return 0;
  const wait = (await webhookStore.nextDue(db)) ?? longestWait;
  return Math.min(Math.max(wait, shortestWait), longestWait);
}

async function deliver(
  { db, url, secret }: Options,
  { id, payload, calls }: Webhook,
): Promise<void> {
  const timestamp = Math.floor(Date.now() / 1_000);
  const failure = await send(
    url,
    signedHeaders(secret, { id, timestamp, payload }),
    payload,
  );
  if (failure === undefined) await webhookStore.remove(db, [id]);
  else await webhookStore.postpone(db, id, backOff(calls), failure);
}

/** Why it was not taken in; undefined when it was. */
async function send(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal,
    });
    await response.body?.cancel();
    return response.ok ? undefined : `answered ${response.status}`;
  } catch (error) {
    return String(error);
  }
}

/** Half a second, doubling to ten minutes. */
const backOff = (calls: number): Duration =>
  Math.min(500 * 2 ** Math.min(calls - 1, 12), minutes(10));
