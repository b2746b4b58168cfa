import { randomUUID } from "node:crypto";
import type { Duration } from "@cartwright/kernel/duration";

export type Json = Readonly<Record<string, unknown>>;

type Request = {
  /** Posted; without it the path is got. */
  readonly body?: Json;
  /** Of a request that may be sent again. */
  readonly key?: string;
};

/** Asks the shop's API on somebody's behalf. Throws when the answer is no success. */
export type Call = (path: string, request?: Request) => Promise<Json>;

type Reach = {
  /** Where the API is, with its version. */
  readonly api: string;
  /** How long an answer may take. */
  readonly within: Duration;
  readonly send?: typeof fetch;
  /** What is shown of an answer that is no success; all of it unless given. */
  readonly shown?: (answer: string) => string;
};

const name = "A. Shopper";

/** Registers somebody new and logs in. */
export async function newCustomer(reach: Reach): Promise<Call> {
  const login = {
    email: `${randomUUID()}@shop.example`,
    password: randomUUID(),
  };
  const anybody = caller(reach);
  await anybody("/auth/register", { body: { ...login, name } });
  const { accessToken } = await anybody("/auth/login", { body: login });
  return caller(reach, String(accessToken));
}

/** One of a product, by its id or SKU, that is paid and delivered. */
export const orderOf = (productId: string): Json => ({
  items: [{ productId, quantity: 1 }],
  paymentToken: "tok_visa",
  shippingAddress: {
    ...{ name, line1: "1 Example Street", postalCode: "10115" },
    ...{ city: "Berlin", country: "DE" },
  },
});

/** Somebody with this token, or anybody. */
export const caller =
  (
    { api, within, send = fetch, shown = (answer) => answer }: Reach,
    token?: string,
  ): Call =>
  async (path, { body, key = randomUUID() } = {}) => {
    const response = await send(`${api}${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(within),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${path} answered ${response.status}: ${shown(text)}`);
    return JSON.parse(text) as Json;
  };
