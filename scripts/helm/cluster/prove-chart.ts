import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../../images/proof/shell.ts";
import { chart } from "../tools.ts";
import type { Cluster } from "./cluster.ts";
import { gatewayOf, objectsOf, release } from "./installed.ts";
import { shopper, type Shopper } from "./shopper.ts";
import { during, type Pace } from "./traffic.ts";

type Trial = {
  readonly cluster: Cluster;
  /** The arguments of every release. */
  readonly values: readonly string[];
};

const patience = ["--wait", "--wait-for-jobs", "--timeout", "10m"];
const crowd: Pace = { perSecond: 50, ordersEvery: 50 };
const buyers: Pace = { perSecond: 10, ordersEvery: 10 };

/** Installs, orders, kills, upgrades, rolls back and uninstalls; throws where something is not as promised. */
export async function proveChart(
  cluster: Cluster,
  values: readonly string[],
): Promise<void> {
  const trial = { cluster, values };
  await install(trial);
  const customer = await shopper(await gatewayOf(cluster));
  await customer.confirmed([await customer.order()]);
  say("An order through the Service is confirmed");
  await kill(trial, customer);
  await upgrade(trial, customer);
  await rollBack(trial, customer);
  await uninstall(trial);
}

async function install({ cluster, values }: Trial): Promise<void> {
  const { helm, kubectl } = cluster;
  say("Installing");
  const args = ["install", release, chart, ...values, ...patience];
  await helm(...args).catch(async (error: unknown) => {
    console.error(await kubectl("get", "pods,events"));
    throw error;
  });
  const pods = await kubectl("get", "pods", "-o", "wide");
  console.log(pods);
  const kinds = "networkpolicies,hpa,pdb";
  const policies = await kubectl("get", kinds, "-o", "name");
  say(
    `All pods are ready; accepted as well: ${policies.split("\n").length} policies, budgets and autoscalers`,
  );
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
const upgrade = ({ cluster, values }: Trial, customer: Shopper) =>
  served("Upgraded", customer, () =>
    cluster.helm(
      ...["upgrade", release, chart, ...values, ...patience],
      ...["--set", "env.LOG_LEVEL=debug"],
    ),
  );

const rollBack = ({ cluster }: Trial, customer: Shopper) =>
  served("Rolled back", customer, () =>
    cluster.helm("rollback", release, "1", ...patience),
  );

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

async function uninstall({ cluster }: Trial): Promise<void> {
  const whole = ["--cascade", "foreground", "--wait", "--timeout", "5m"];
  await cluster.helm("uninstall", release, ...whole);
  const left = await objectsOf(cluster);
  if (left.length > 0) throw new Error(`Left behind: ${left.join(", ")}.`);
  say("Uninstalled; nothing is left behind");
}
