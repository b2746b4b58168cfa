import type { Shopper } from "./shopper.ts";

export type Traffic = {
  readonly sent: number;
  /** Why requests were not answered as they should have been. */
  readonly failed: readonly string[];
  /** The orders that the shop accepted. */
  readonly orders: readonly string[];
};

export type Pace = {
  readonly perSecond: number;
  /** Of so many requests one is an order; the others look at products. */
  readonly ordersEvery: number;
};

/** Sends requests at even distances, however long each takes to be answered, for as long as `work` takes. */
export async function during(
  { browse, order }: Pick<Shopper, "browse" | "order">,
  { perSecond, ordersEvery }: Pace,
  work: () => Promise<unknown>,
): Promise<Traffic> {
  const failed: string[] = [];
  const orders: string[] = [];
  const answers: Promise<void>[] = [];
  const send = async () => {
    const isOrder = answers.length % ordersEvery === 0;
    try {
      if (isOrder) orders.push(await order());
      else await browse();
    } catch (error) {
      failed.push(reasonOf(error));
    }
  };
  const clock = setInterval(() => answers.push(send()), 1_000 / perSecond);
  try {
    await work();
  } finally {
    clearInterval(clock);
  }
  await Promise.all(answers);
  return { sent: answers.length, failed, orders };
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};
