import { setTimeout as sleep } from "node:timers/promises";
import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import type { Platform } from "../support/platform.ts";
import { openShop, type Customer, type Shop } from "../support/shop.ts";
import { fateOf, type Shelves } from "./fates.ts";
import {
  outcomeOf,
  type Adjustment,
  type Creation,
  type History,
  type Posting,
} from "./history.ts";
import { bringIn, order, orderOnce, putOnSale, sequel } from "./shopper.ts";

const customers = 24;
const few = 50;
const many = 1_000_000;
/** Tokens last ten minutes. */
const logInEvery = minutes(3);
const looksEvery = 250;
const deliveryEvery = seconds(1);
const newProductEvery = seconds(1.5);
const unitsPerDelivery = 2;
const canaries = 4;

export type Shoppers = {
  readonly history: History;
  accepted(): number;
  canary(): Promise<Duration>;
  /** Places a plain order through this shop, once; whatever it is answered is kept in the history. */
  once(through: Shop): Promise<Posting>;
  /** Puts a product on sale about which as much is said as may be. */
  putLargeOnSale(): Promise<void>;
  /** Resolves once so many orders have been accepted in all. */
  atLeast(orders: number): Promise<void>;
  /** No new orders; resolves when everyone has been answered for certain, or has given up. */
  stop(): Promise<void>;
};

export type Size = {
  /** Shoppers who order at the same time. */
  readonly crowd: number;
  /** They wait while so many orders are under way. */
  readonly openOrders: number;
  /** All of them together order so many times a second at most; as often as they can unless given. */
  readonly rate?: number;
};

/** People who order one after the other, as long as not too many orders are under way. */
export async function startShoppers(
  platform: Pick<Platform, "sql" | "url">,
  shop: Shop,
  { crowd, openOrders, rate = Infinity }: Size,
): Promise<Shoppers> {
  const { sql } = platform;
  const history: {
    postings: Posting[];
    creations: Creation[];
    adjustments: Adjustment[];
  } = {
    postings: [],
    creations: [],
    adjustments: [],
  };
  const shelves = await stock(shop);
  history.adjustments.push(...firstDeliveries(shelves));
  let people = await logIn(shop);
  let staffed = shop;
  let open = 0;
  let next = 0;
  let accepted = 0;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;

  function someone(index: number): Customer {
    const customer = people[index % people.length];
    if (!customer) throw new Error("Nobody has come.");
    return customer;
  }

  async function buy(index: number): Promise<Posting> {
    const customer = someone(index);
    const { wish: wishOf, then = "nothing" } = fateOf(index);
    const wish = wishOf(shelves, index);
    const posting = await order(shop, customer, wish);
    history.postings.push(posting);
    if (outcomeOf(posting) !== "ok") return posting;
    accepted += 1;
    open += 1;
    await sequel(then, posting, { shop, customer, wish });
    return posting;
  }

  async function every(pause: Duration, work: () => Promise<unknown>) {
    while (!isStopping()) {
      await work();
      await sleep(pause, undefined, stopping).catch(() => undefined);
    }
  }

  const turn = turns(rate);
  const shopping = Array.from({ length: crowd }, async () => {
    while (!isStopping()) {
      await turn();
      if (open < openOrders) await buy(next++);
      else await sleep(20);
    }
  });
  const others = [
    every(looksEvery, async () => {
      open = await running(sql).catch(() => open);
    }),
    // One at a time; whoever cannot log in right now has time to try again.
    every(logInEvery / customers, async () => {
      const fresh = await shop.customer().catch(() => undefined);
      if (fresh) people = [...people.slice(1), fresh];
    }),
    every(logInEvery / 3, async () => {
      staffed = await openShop(platform).catch(() => staffed);
    }),
    every(newProductEvery, async () => {
      history.creations.push(await putOnSale(staffed));
    }),
    every(deliveryEvery, async () => {
      for (const { sku } of [shelves.scarce, ...shelves.plenty.slice(0, 1)])
        history.adjustments.push(await bringIn(staffed, sku, unitsPerDelivery));
    }),
  ];

  return {
    history,
    accepted: () => accepted,
    async canary() {
      const began = performance.now();
      await Promise.all(
        Array.from({ length: canaries }, async () => {
          const { replies } = await buy(plainIndex);
          const id = replies.find(({ orderId }) => orderId)?.orderId;
          if (id === undefined) throw new Error("A canary got no answer.");
          await ended(sql, id);
        }),
      );
      return performance.now() - began;
    },
    async once(through) {
      const wish = fateOf(plainIndex).wish(shelves, next++);
      const posting = await orderOnce(through, someone(next), wish);
      history.postings.push(posting);
      if (outcomeOf(posting) === "ok") accepted += 1;
      return posting;
    },
    async putLargeOnSale() {
      history.creations.push(await putOnSale(staffed, largeDetails));
    },
    async atLeast(orders) {
      while (accepted < orders) await sleep(100);
    },
    async stop() {
      stopping.abort();
      await Promise.all([...shopping, ...others]);
    },
  };
}

/** Resolves so many times a second at most, for all who ask together. */
function turns(rate: number): () => Promise<void> {
  let next = performance.now();
  return async () => {
    const now = performance.now();
    const mine = (next = Math.max(now, next + seconds(1) / rate));
    if (mine > now) await sleep(mine - now);
  };
}

/** Some 60 KB. */
const largeDetails = {
  description: "d".repeat(10_000),
  images: Array.from({ length: 20 }, (_, index) => ({
    url: `https://images.example/${index}/${"u".repeat(1_900)}`,
    alt: "a".repeat(500),
  })),
};

/** Whose fate is a plain one. */
const plainIndex = 3;

async function stock(shop: Shop): Promise<Shelves> {
  const [scarce, ...plenty] = await Promise.all([
    shop.product({ stock: few }),
    ...Array.from({ length: 20 }, () => shop.product({ stock: many })),
  ]);
  return { scarce, plenty };
}

/** Made before anything could go wrong. */
const firstDeliveries = ({ scarce, plenty }: Shelves): Adjustment[] =>
  [scarce, ...plenty].map(({ sku }) => ({
    key: sku,
    sku,
    delta: sku === scarce.sku ? few : many,
    replies: [{ status: 200 }],
  }));

const logIn = (shop: Shop): Promise<Customer[]> =>
  Promise.all(Array.from({ length: customers }, () => shop.customer()));

async function running(sql: Platform["sql"]): Promise<number> {
  const [row] = await sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM "order".orders WHERE status IN ('pending', 'cancelling')`,
  );
  return row?.count ?? 0;
}

const endWithin = minutes(2);

async function ended(sql: Platform["sql"], id: string): Promise<void> {
  const end = performance.now() + endWithin;
  for (;;) {
    const rows = await sql(
      `SELECT FROM "order".orders WHERE id = $1 AND status NOT IN ('pending', 'cancelling')`,
      [id],
    ).catch(() => []);
    if (rows.length > 0) return;
    if (performance.now() > end)
      throw new Error(`The order ${id} has not ended.`);
    await sleep(50);
  }
}
