import assert from "node:assert/strict";
import { newId } from "@cartwright/kernel/ids";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { httpClient, type Answer, type HttpClient } from "./http.ts";
import type { Platform } from "./platform.ts";

export type Customer = {
  readonly id: string;
  readonly email: string;
  readonly token: string;
};
export type Product = {
  readonly id: string;
  readonly sku: string;
  readonly price: number;
};
export type Line = {
  readonly productId: string;
  readonly quantity: unknown;
  readonly price?: number;
};

export type OrderWish = {
  readonly items: readonly Line[];
  readonly paymentToken?: string;
  readonly shippingAddress?: Readonly<Record<string, string>>;
};

/** What a person can do with the shop, through the gateway. */
export type Shop = HttpClient & {
  readonly staff: Customer;
  customer(): Promise<Customer>;
  product(options?: { price?: number; stock?: number }): Promise<Product>;
  post(
    path: string,
    options?: Parameters<HttpClient["post"]>[1],
  ): Promise<Answer>;
  /** Posts the order and returns the answer, whatever it is. */
  order(
    customer: Customer,
    wish: OrderWish,
    idempotencyKey?: string,
  ): Promise<Answer>;
  /** Posts the order and returns its id. */
  placed(customer: Customer, wish: OrderWish): Promise<string>;
  /** The order, once it has this status. */
  reaches(
    orderId: string,
    status: string,
    within?: Duration,
  ): Promise<Answer["body"]>;
  stockOf(
    sku: string,
  ): Promise<{ available: number; reserved: number; sold: number }>;
};

export const anAddress = {
  name: "Ada Lovelace",
  line1: "12 St James's Square",
  postalCode: "10115",
  city: "Berlin",
  country: "DE",
};

type Credentials = { readonly email: string; readonly password: string };

const password = "correct horse battery";
/** Of the demo shop that every start stocks. */
const demoStaff = {
  email: "staff@cartwright.example",
  password: "demo-password",
};

export async function openShop(
  platform: Pick<Platform, "url" | "sql">,
  /** Sent with every request. */
  headers: Readonly<Record<string, string>> = {},
): Promise<Shop> {
  const client = httpClient(platform.url, headers);
  const shop = { ...client, staff: await logIn(client, demoStaff) };

  const order: Shop["order"] = (customer, wish, idempotencyKey = newId()) =>
    client.post("/orders", {
      token: customer.token,
      idempotencyKey,
      body: { paymentToken: "tok_visa", shippingAddress: anAddress, ...wish },
    });

  return {
    ...shop,
    customer: async () => logIn(client, await register(client)),
    product: (options) => createProduct(shop, options),
    order,
    async placed(customer, wish) {
      const { status, body } = await order(customer, wish);
      assert.equal(status, 202, JSON.stringify(body));
      return body.orderId;
    },
    reaches: (orderId, status, within = seconds(20)) =>
      eventually(
        async () => {
          const { body } = await client.get(`/orders/${orderId}`, {
            token: shop.staff.token,
          });
          assert.equal(body.status, status);
          return body;
        },
        { within, every: 50 },
      ),
    async stockOf(sku) {
      const [row] = await platform.sql<{
        available: number;
        reserved: number;
        sold: number;
      }>(
        "SELECT available, reserved, sold FROM inventory.stock WHERE sku = $1",
        [sku],
      );
      return row!;
    },
  };
}

async function register(client: HttpClient): Promise<Credentials> {
  const credentials = { email: `${newId()}@example.com`, password };
  const { status, body } = await client.post("/auth/register", {
    body: { ...credentials, name: "Ada Lovelace" },
  });
  assert.equal(status, 201, JSON.stringify(body));
  return credentials;
}

async function logIn(
  client: HttpClient,
  credentials: Credentials,
): Promise<Customer> {
  const { status, body } = await client.post("/auth/login", {
    body: credentials,
  });
  assert.equal(status, 200, JSON.stringify(body));
  const token: string = body.accessToken;
  return { id: subjectOf(token), email: credentials.email, token };
}

/** The user's id, which is what the token is about. */
function subjectOf(token: string): string {
  const payload = Buffer.from(
    token.split(".")[1] ?? "",
    "base64url",
  ).toString();
  return (JSON.parse(payload) as { sub: string }).sub;
}

/** A product on sale, with units on the shelf. */
async function createProduct(
  shop: HttpClient & { readonly staff: Customer },
  { price = 2_999, stock = 100 }: { price?: number; stock?: number } = {},
): Promise<Product> {
  const { token } = shop.staff;
  const sku = `SKU-${newId().slice(-12)}`.toUpperCase();
  const created = await shop.post("/products", {
    token,
    idempotencyKey: newId(),
    body: {
      sku,
      name: `Product ${sku}`,
      description: "",
      price: { amount: price, currency: "EUR" },
    },
  });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  // The shelf appears once inventory has heard of the product.
  await eventually(async () => {
    const adjusted = await shop.post(`/inventory/${sku}/adjustments`, {
      token,
      body: { delta: stock, reason: "delivery" },
    });
    assert.equal(adjusted.status, 200, JSON.stringify(adjusted.body));
  });
  return { id: created.body.id, sku, price };
}
