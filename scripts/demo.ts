import { parseArgs, styleText } from "node:util";

/** Plays orders with different fates against a running platform and prints each timeline as it happens. */
const { values } = parseArgs({
  options: { url: { type: "string", default: "http://localhost:8080" } },
});

type Json = Readonly<Record<string, unknown>>;
type Product = {
  id: string;
  sku: string;
  name: string;
  price: { amount: number; currency: string };
};
type Entry = {
  sequence: number;
  at: string;
  saga: string;
  step: string | null;
  entry: string;
  detail: string | null;
};
type Order = { orderId: string; orderNumber: string };

type Fate = {
  readonly title: string;
  readonly ends: readonly string[];
  readonly order?: Json;
  readonly quantity?: number;
  readonly cancelOnceConfirmed?: true;
};

const address = {
  name: "Demo Shopper",
  line1: "1 Example Street",
  postalCode: "10115",
  city: "Berlin",
  country: "DE",
};

/** A confirmed order may have gone on by the time we look. */
const kept = ["confirmed", "shipped", "delivered", "completed"];

const fates: readonly Fate[] = [
  { title: "All is well", ends: kept },
  { title: "Out of stock", ends: ["cancelled"], quantity: 1_000_000 },
  {
    title: "The card is declined",
    ends: ["cancelled"],
    order: { paymentToken: "tok_declined" },
  },
  {
    title: "Nobody delivers to this address",
    ends: ["cancelled"],
    order: { shippingAddress: { ...address, postalCode: "00000" } },
  },
  {
    title: "The customer changes their mind",
    ends: ["cancelled"],
    cancelOnceConfirmed: true,
  },
];

const deadline = 60_000;
const unreachable = `Nothing answers at ${values.url}. Start the platform with \`npm start\`, or name another with \`npm run demo -- --url <url>\`.`;

async function call<Body>(
  path: string,
  { token, body }: { token?: string; body?: Json } = {},
): Promise<Body> {
  const response = await fetch(`${values.url}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  }).catch((): never => {
    throw new Error(unreachable);
  });
  const answer = (await response.json()) as Json;
  if (response.ok) return answer as Body;
  throw new Error(
    `${path} answered ${response.status}: ${String(answer.detail ?? answer.code)}`,
  );
}

async function logIn(): Promise<string> {
  const email = `demo-${crypto.randomUUID()}@shop.example`;
  const password = crypto.randomUUID();
  await call("/auth/register", {
    body: { email, password, name: address.name },
  });
  const { accessToken } = await call<{ accessToken: string }>("/auth/login", {
    body: { email, password },
  });
  return accessToken;
}

async function play(
  fate: Fate,
  product: Product,
  token: string,
): Promise<boolean> {
  console.log(styleText("bold", `\n${fate.title}`));
  const { orderId, orderNumber } = await call<Order>("/orders", {
    token,
    body: {
      items: [{ productId: product.id, quantity: fate.quantity ?? 1 }],
      paymentToken: "tok_visa",
      shippingAddress: address,
      ...fate.order,
    },
  });
  console.log(
    `  ${orderNumber}: ${String(fate.quantity ?? 1)} × ${product.name}`,
  );
  const ended = await follow(orderId, token, fate);
  const asExpected = fate.ends.includes(ended);
  console.log(
    styleText(
      asExpected ? "green" : "red",
      `  ${asExpected ? "✓" : "✗"} ${ended}`,
    ),
  );
  return asExpected;
}

/** Prints what is new in the timeline until no saga of the order runs any more, and returns its status. */
async function follow(
  orderId: string,
  token: string,
  fate: Fate,
): Promise<string> {
  let printed = 0;
  let wished = false;
  const startedAt = Date.now();
  for (;;) {
    const { items } = await call<{ items: Entry[] }>(
      `/orders/${orderId}/timeline`,
      { token },
    );
    // Asked after the timeline: once that says all is over, the status is the last one.
    const { status } = await call<{ status: string }>(`/orders/${orderId}`, {
      token,
    });
    for (const entry of items.slice(printed)) print(entry, items[0]);
    printed = items.length;
    if (fate.cancelOnceConfirmed && !wished && status === "confirmed") {
      wished = true;
      await call(`/orders/${orderId}/cancellation`, { token, body: {} });
    } else if (!isRunning(items)) return status;
    if (Date.now() - startedAt > deadline) return `still ${status}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isRunning(timeline: readonly Entry[]): boolean {
  const count = (...entries: string[]) =>
    timeline.filter(
      ({ saga, entry }) => saga !== "order" && entries.includes(entry),
    ).length;
  return count("started") > count("completed", "compensated");
}

function print(
  { at, saga, step, entry, detail }: Entry,
  first: Entry | undefined,
): void {
  const elapsed = Date.parse(at) - Date.parse(first?.at ?? at);
  const what = [step ?? saga, entry, detail].filter(Boolean).join(" · ");
  console.log(`  ${`+${String(elapsed)} ms`.padStart(9)}  ${what}`);
}

try {
  const token = await logIn();
  const { items } = await call<{ items: Product[] }>("/products");
  const [product] = items;
  if (!product) throw new Error("The shop has no products to order.");
  const outcomes: boolean[] = [];
  for (const fate of fates) outcomes.push(await play(fate, product, token));
  if (outcomes.includes(false)) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
