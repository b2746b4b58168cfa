import { cp, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { eventually } from "@cartwright/testing/eventually";
import { seconds } from "@cartwright/kernel/duration";
import { root } from "../bundle.ts";
import type { Trial } from "./live.ts";
import { shopper, type Accepted, type Shopper } from "./place-order.ts";
import { run, say } from "./shell.ts";

/** Who owns the checkout: by this name `prisma-clients` writes to it. */
export const developer = "1000:1000";

/** What docker-compose.dev.yml gives to containers. */
const mounted = ["apps", "packages", "prisma", "scripts"];
const notInAClone = ["node_modules", "generated"];

/** The sources as a clone has them, in a folder of their own, where they may be changed. */
export async function checkoutIn(folder: string): Promise<string> {
  const checkout = join(folder, "checkout");
  for (const name of mounted)
    await cp(join(root, name), join(checkout, name), {
      recursive: true,
      filter: (path) => !notInAClone.includes(basename(path)),
    });
  await run("chown", ["-R", developer, checkout]);
  return checkout;
}

/** Where the shop's answer to whoever orders stands, what it is, and what is put in its place. */
const source = "apps/order/src/commands/draft-order.ts";
const sentence = "The order is accepted and on its way to being confirmed.";
const another = "The order is accepted by what was just changed.";

/** As a developer: changes what a service says, hears it say so without having done anything else, and changes it back. */
export const whileChanging =
  (checkout: string) =>
  async ({ api }: Trial): Promise<void> => {
    const customer = await shopper(api);
    await confirmed(customer, await orderUntil(customer, sentence));
    const file = join(checkout, source);
    for (const [before, after] of [
      [sentence, another],
      [another, sentence],
    ] as const) {
      await replace(file, before, after);
      const began = performance.now();
      const orders = await orderUntil(customer, after);
      const took = ((performance.now() - began) / 1_000).toFixed(1);
      say(`The order service says what was changed ${took} s before`);
      await confirmed(customer, orders);
    }
  };

/** Orders, also while the service that would answer starts anew, until the answer is this one; all that were accepted. */
async function orderUntil(
  { order }: Shopper,
  message: string,
): Promise<readonly Accepted[]> {
  const orders: Accepted[] = [];
  await eventually(
    async () => {
      const accepted = await order();
      orders.push(accepted);
      if (accepted.message !== message)
        throw new Error(`An order is answered "${accepted.message}".`);
    },
    { within: seconds(60), every: 250 },
  );
  return orders;
}

async function confirmed(
  customer: Shopper,
  orders: readonly Accepted[],
): Promise<void> {
  for (const order of orders) await customer.confirmed(order);
  say(`Confirmed orders: ${orders.length}`);
}

/** As editors and git do: by another file in the file's place. */
async function replace(file: string, before: string, after: string) {
  const text = await readFile(file, "utf8");
  if (!text.includes(before))
    throw new Error(`${source} does not say: ${before}`);
  await writeFile(`${file}~`, text.replace(before, after));
  await rename(`${file}~`, file);
}
