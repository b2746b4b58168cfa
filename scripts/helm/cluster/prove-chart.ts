import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { caller } from "../../images/proof/new-customer.ts";
import { say } from "../../images/proof/shell.ts";
import type { Cluster } from "./cluster.ts";
import type { TrialStep } from "./guide.ts";
import { gatewayOf, nothingLeft, release } from "./installed.ts";
import { checkoutAt } from "./load-images.ts";
import type { Reader } from "./reader.ts";
import { shopper, type Shopper } from "./shopper.ts";
import { during, type Pace } from "./traffic.ts";

type Trial = {
  readonly cluster: Cluster;
  /** Who does what the page for beginners says. */
  readonly reader: Reader<TrialStep>;
  /** Does what the page has done through the gateway, on a laptop as in a cluster. */
  shop(reach: string): Promise<string>;
  /** Does what the page for operators says of a shop's first operator. */
  makeOperator(): Promise<string>;
};

/** The checkout that is installed, and the newer one; the same images under two names. */
export const commits = ["1111111", "2222222"] as const;
const [installed, newer] = commits;

const crowd: Pace = { perSecond: 50, ordersEvery: 50 };
const buyers: Pace = { perSecond: 10, ordersEvery: 10 };

/** Installs, orders, kills, upgrades, rolls back and uninstalls; throws where something is not as promised. */
export async function proveChart(trial: Trial): Promise<void> {
  const { cluster } = trial;
  await install(trial);
  await shopByThePage(trial);
  const customer = await shopper(await gatewayOf(cluster));
  await customer.confirmed([await customer.order()]);
  say("An order through the Service is confirmed");
  await operate(await gatewayOf(cluster), trial);
  await kill(trial, customer);
  await upgrade(trial, customer);
  await rollBack(trial, customer);
  await uninstall(trial);
}

async function install({ cluster, reader }: Trial): Promise<void> {
  const { kubectl } = cluster;
  say("Installing");
  await reader
    .follow("install", checkoutAt(installed))
    .catch(async (error: unknown) => {
      console.error(await kubectl("get", "pods,events"));
      throw error;
    });
  console.log(await reader.follow("look"));
  const kinds = "networkpolicies,hpa,pdb";
  const policies = await kubectl("get", kinds, "-o", "name");
  say(
    `All pods are ready; accepted as well: ${policies.split("\n").length} policies, budgets and autoscalers`,
  );
}

async function shopByThePage({ reader, shop }: Trial): Promise<void> {
  const said = await shop(reader.read("reach"));
  const ends = said.match(/✓ (confirmed|cancelled)/g) ?? [];
  if (ends.length !== 5 || !said.includes('"status":"confirmed"'))
    throw new Error(`Shopping by the page came to another end:\n${said}`);
  say("All that the page does on a laptop was done through port-forward");
}

/** Throws where whom the page makes an operator may not do what operators do. */
async function operate(
  gateway: string,
  { makeOperator }: Pick<Trial, "makeOperator">,
): Promise<void> {
  const reach = { api: `${gateway}/api/v1`, within: seconds(20) };
  const login = { email: "me@shop.example", password: randomUUID() };
  const anybody = caller(reach);
  await anybody("/auth/register", { body: { ...login, name: "An Operator" } });
  await makeOperator();
  const { accessToken } = await anybody("/auth/login", { body: login });
  await caller(reach, String(accessToken))("/operations/identity/audit");
  say("Somebody who has registered is an operator, by the page");
}

/** Orders are placed while pods die; each is confirmed, and the shelves are short of exactly so many. */
async function kill({ cluster }: Trial, customer: Shopper): Promise<void> {
  const before = await customer.mugs();
  const { orders, failed } = await during(
    insisting(customer),
    buyers,
    async () => {
      for (const service of ["payment", "inventory", "order"])
        await killOne(cluster, service);
    },
  );
  await customer.confirmed(orders);
  const sold = before - (await customer.mugs());
  if (sold !== orders.length || failed.length > 0)
    throw new Error(
      `${orders.length} orders were accepted, ${sold} mugs are gone, and never answered were: ${failed.join("; ")}`,
    );
  say(
    `Killed three pods under orders: ${orders.length} accepted and confirmed, as many mugs sold`,
  );
}

const insistsFor = 60_000;

/** As a customer whose order is not answered: sends the same again, by the same key. */
const insisting = (customer: Shopper): Pick<Shopper, "browse" | "order"> => {
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    const end = performance.now() + insistsFor;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (performance.now() > end) throw error;
        await sleep(500);
      }
    }
  };
  return {
    browse: () => again(() => customer.browse()),
    order: (key = randomUUID()) => again(() => customer.order(key)),
  };
};

/** With none of the time that it asks for to stop. Resolves when another is ready. */
async function killOne({ kubectl }: Cluster, service: string): Promise<void> {
  const selector = `app.kubernetes.io/instance=${release},app.kubernetes.io/component=${service}`;
  const pods = await kubectl("get", "pods", "-l", selector, "-o", "name");
  const [pod = ""] = pods.split("\n");
  await kubectl("delete", pod, "--grace-period=0", "--force");
  const deployment = `deployment/${release}-${service}`;
  await kubectl("rollout", "status", deployment, "--timeout=180s");
}

/** Every pod is replaced while customers order. */
async function upgrade({ cluster, reader }: Trial, customer: Shopper) {
  const before = checkoutAt(newer);
  await served("Upgraded", customer, () =>
    reader.follow("upgrade", before),
  ).catch(showUnanswered(cluster));
  await expectImagesOf(newer, cluster);
}

async function rollBack({ cluster, reader }: Trial, customer: Shopper) {
  await served("Rolled back", customer, () => reader.follow("rollBack")).catch(
    showUnanswered(cluster),
  );
  await expectImagesOf(installed, cluster);
}

/** Prints why the gateway had no answer for somebody, as far as its pods are still there. */
const showUnanswered =
  ({ kubectl }: Cluster) =>
  async (error: unknown): Promise<never> => {
    const selector = `app.kubernetes.io/instance=${release},app.kubernetes.io/component=gateway`;
    const lines = await kubectl("logs", "-l", selector, "--tail=-1");
    const unanswered = lines
      .split("\n")
      .filter((line) => /no answer/.test(line));
    console.error(unanswered.join("\n"));
    throw error;
  };

/** Throws when pods of ours are made of another checkout. */
async function expectImagesOf(commit: string, { kubectl }: Cluster) {
  const path = "{.items[*].spec.template.spec.containers[*].image}";
  const said = await kubectl("get", "deployments", "-o", `jsonpath=${path}`);
  const ours = said.split(" ").filter((image) => /\/cartwright\//.test(image));
  const others = ours.filter((image) => !image.endsWith(`:${commit}`));
  if (ours.length === 0 || others.length > 0)
    throw new Error(`Not of the checkout ${commit}: ${others.join(", ")}.`);
}

/** More than one request in a hundred on a connection that has just been closed is no coincidence. */
const resentAtMost = 0.01;

async function served(
  what: string,
  customer: Shopper,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = customer.resent();
  const { sent, failed, orders } = await during(customer, crowd, work);
  const resent = customer.resent() - before;
  const reasons = [...new Set(failed)].join("\n");
  if (failed.length > 0)
    throw new Error(
      `${what}: ${failed.length} of ${sent} requests were lost:\n${reasons}`,
    );
  if (resent > sent * resentAtMost)
    throw new Error(
      `${what}: ${resent} of ${sent} requests found their connection closed.`,
    );
  await customer.confirmed(orders);
  say(
    `${what} under ${crowd.perSecond} requests a second: ${sent} sent, ${resent} of them on a connection that had just been closed and so once more, none lost, ${orders.length} orders confirmed`,
  );
}

async function uninstall({ cluster, reader }: Trial): Promise<void> {
  await reader.follow("uninstall");
  await nothingLeft(cluster);
  say("Uninstalled; nothing is left behind");
  await reader.follow("forget");
}
