import { must } from "../violation.ts";
import type { World } from "../world.ts";

/** I6 and I10: each consumer has taken note of each message it handles, and set none aside. */
export function checkEffects(world: World): void {
  const { tables, broker, plan, heardBy } = world;
  for (const service of Object.keys(plan.replicas)) {
    const [parked] = tables.rows(service, "parked_messages");
    must(
      parked === undefined,
      "I5",
      () => `${service} has set aside ${JSON.stringify(parked)}`,
    );
    const types = heardBy(service);
    const events = new Set(
      tables.rows(service, "inbox").map((row) => row["message_id"]),
    );
    const commands = new Set(
      tables
        .rows(service, "command_inbox")
        .map((row) => `${String(row["command_id"])}#${String(row["attempt"])}`),
    );
    for (const { headers, position } of broker.all()) {
      const { ce_type: type = "", ce_id: id, ce_attempt: attempt } = headers;
      if (!types.has(type)) continue;
      must(
        attempt === undefined
          ? events.has(id)
          : commands.has(`${id}#${attempt}`),
        "I6",
        () => `${service} has never taken note of ${type} ${id} at ${position}`,
      );
    }
  }
}
