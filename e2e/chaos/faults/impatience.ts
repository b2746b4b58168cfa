import { setTimeout as sleep } from "node:timers/promises";
import type { Shop } from "../../support/shop.ts";
import type { Chaos } from "../chaos.ts";
import type { Reply } from "../history.ts";
import { replyOnce } from "../shopper.ts";

const every = 50;

export type Impatience = {
  /** What failed, by what was asked and answered; status 0 is no answer. */
  end(): Promise<{
    readonly requests: number;
    readonly failures: readonly string[];
  }>;
};

/**
 * What clients of these requests say with each: a connection that is kept may be closed in the moment it is used
 * again, and HTTP leaves it to its client to ask once more then.
 */
export const onceOnly = { connection: "close" } as const;

/** Orders and looks at orders through this shop, so many times a second whatever becomes of it, each request once. */
export function impatience(chaos: Chaos, shop: Shop): Impatience {
  const { token } = shop.staff;
  const stopping = new AbortController();
  const asked: Promise<void>[] = [];
  const failures: string[] = [];
  let last: string | undefined;

  async function order(): Promise<void> {
    const [reply] = (await chaos.once(shop)).replies;
    if (reply?.status === 202) last = reply.orderId;
    else failures.push(said("POST", reply));
  }
  async function look(id: string): Promise<void> {
    const reply = await replyOnce(() => shop.get(`/orders/${id}`, { token }));
    if (reply.status !== 200) failures.push(said("GET", reply));
  }
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      const looks = asked.length % 2 === 1 ? last : undefined;
      asked.push(looks === undefined ? order() : look(looks));
      await sleep(every);
    }
  })();
  return {
    async end() {
      stopping.abort();
      await asking;
      await Promise.all(asked);
      return { requests: asked.length, failures };
    },
  };
}

const said = (asked: string, reply: Reply | undefined): string =>
  `${asked}: ${reply?.status} ${reply?.code ?? "without a code"}`;
