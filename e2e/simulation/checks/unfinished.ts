import type { World } from "../world.ts";

const endedSagas = new Set(["completed", "compensated"]);
const openOrders = new Set(["pending", "cancelling"]);

/** What has not come to its end yet; nothing more happens once this is empty. */
export function unfinished(world: World): string[] {
  const { tables, plan, purchases } = world;
  const services = Object.keys(plan.replicas);
  return [
    ...purchases
      .filter(({ over }) => !over)
      .map(({ customerId, key }) => `${customerId} still asks for ${key}`),
    ...tables
      .rows("order", "orders")
      .filter(({ status }) => openOrders.has(String(status)))
      .map(({ id, status }) => `order ${String(id)} is ${String(status)}`),
    ...tables
      .rows("order", "saga_instances")
      .filter(({ status }) => !endedSagas.has(String(status)))
      .map((saga) => `saga ${JSON.stringify(saga)}`),
    ...services.flatMap((service) =>
      ["outbox", "attempts"]
        .filter((table) => tables.count(service, table) > 0)
        .map(
          (table) =>
            `${service}.${table} is not empty: ${JSON.stringify(tables.rows(service, table)[0])}`,
        ),
    ),
    ...unhandled(world),
  ];
}

/** Consumers that have not read everything yet. */
function unhandled({ broker }: World): string[] {
  return broker
    .groups()
    .flatMap((group) =>
      group
        .behind((partition) => broker.end(partition))
        .map((partition) => `${group.name} is behind in ${partition}`),
    );
}
