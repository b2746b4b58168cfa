import { scopesOf, type Principal } from "@cartwright/auth/principal";
import type { Reply } from "@cartwright/http/reply";
import { derivedId, newId, type UserId } from "@cartwright/kernel/ids";
import { ask, type Said } from "./http-request.ts";
import type { Kernel } from "./kernel.ts";
import { pause } from "./remote.ts";
import type { Process } from "./process.ts";

/** A wish to buy, and what the shopper has been told about it. */
export type Purchase = {
  readonly customerId: UserId;
  readonly key: string;
  readonly body: PurchaseBody;
  /** Each order id that a reply has named; one, if all is well. */
  readonly orderIds: Set<string>;
  /** A reply other than 202: nothing was ordered by that request. */
  readonly refusals: Set<string>;
  /** Whether some request got no answer: it may have taken effect. */
  unknown: boolean;
  over: boolean;
};

export type PurchaseBody = {
  readonly items: readonly {
    readonly productId: string;
    readonly quantity: number;
  }[];
  readonly paymentToken: string;
  readonly shippingAddress: Readonly<Record<string, string>>;
};

type Options = {
  readonly kernel: Kernel;
  /** An instance of the order service that would take a request, if there is one. */
  readonly shop: () => Process | undefined;
  readonly purchase: Purchase;
};

const customers = Array.from({ length: 5 }, (_, number) =>
  derivedId<"user">("customer", String(number)),
);
const tokens = [
  ...Array.from({ length: 12 }, () => "tok_visa"),
  ...["tok_declined", "tok_insufficient_funds", "tok_capture_declined"],
  ...["tok_delayed", "tok_delayed"],
];

/** Never decided on: its order ends by the saga's time-out, for which the whole run has to wait. */
const silent = "tok_silent";

/** What the shop sells, with prices in cents. LAMP is scarce. */
export const products = { MUG: 1_200, PEN: 450, LAMP: 19_900 } as const;

/** The n-th purchase: a few customers, whose keys are the same as those of others. */
export function someWish(kernel: Kernel, number: number): Purchase {
  const place = number % customers.length;
  const sku = kernel.pick(["MUG", "PEN", "LAMP"]);
  const more = kernel.chance(0.3) ? [{ productId: "PEN", quantity: 1 }] : [];
  const nowhere = kernel.chance(0.05);
  return {
    customerId: customers[place] ?? newId<"user">(),
    key: `purchase-${Math.floor(number / customers.length)}`,
    body: {
      items: [{ productId: sku, quantity: kernel.integer(1, 2) }, ...more],
      paymentToken: kernel.chance(0.01) ? silent : kernel.pick(tokens),
      shippingAddress: {
        name: "A. Shopper",
        line1: "1 Market Square",
        postalCode: nowhere ? "00000" : "10115",
        city: "Berlin",
        country: "DE",
      },
    },
    orderIds: new Set(),
    refusals: new Set(),
    unknown: false,
    over: false,
  };
}

/** Asks until there is an answer, always with the same key; sometimes changes his mind afterwards. */
export async function shop(options: Options): Promise<void> {
  const { kernel, purchase } = options;
  if (kernel.chance(0.1)) void place(options);
  await insist(options);
  if (kernel.chance(0.1)) await insist(options);
  const [orderId] = purchase.orderIds;
  if (orderId !== undefined && kernel.chance(0.15)) {
    await pause(kernel, kernel.random() ** 2 * 8_000);
    await cancel(options, orderId);
  }
  purchase.over = true;
}

async function insist(options: Options): Promise<void> {
  while (!(await place(options)))
    await pause(options.kernel, 200 + 800 * options.kernel.random());
}

/** True when there was an answer. */
async function place(options: Options): Promise<boolean> {
  const { purchase } = options;
  const { body, key, customerId } = purchase;
  const said = await request(options, "/api/v1/orders", {
    body,
    idempotencyKey: key,
    user: customer(customerId),
    rawBody: Buffer.from(JSON.stringify(body)),
  });
  if (said.kind === "unknown") purchase.unknown = true;
  if (said.kind === "refused") purchase.refusals.add(said.code);
  if (said.kind === "answered") purchase.orderIds.add(orderIdIn(said.reply));
  return said.kind !== "unknown";
}

async function cancel(options: Options, orderId: string): Promise<void> {
  const path = "/api/v1/orders/:orderId/cancellation";
  const user = customer(options.purchase.customerId);
  for (;;) {
    const params = { orderId };
    const said = await request(options, path, { params, body: {}, user });
    if (said.kind !== "unknown") return;
    await pause(options.kernel, 500);
  }
}

const orderIdIn = ({ body }: Reply): string =>
  (body as { orderId: string }).orderId;

const customer = (id: UserId): Principal => ({
  id,
  roles: ["customer"],
  scopes: new Set(scopesOf(["customer"])),
});

const request = (
  { kernel, shop: find }: Options,
  path: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Said> =>
  ask(kernel, find(), path, {
    cause: { correlationId: newId() },
    ...given,
  });
