import type { Change } from "../database/sim-server.ts";
import type { Row } from "../tables.ts";
import { Violation, must } from "../violation.ts";
import type { World } from "../world.ts";

/** Looks at every commit in the moment it happens. */
export function watchCommits({ kernel, server }: World): void {
  server.onCommit((changes) => {
    for (const change of changes) {
      kernel.trace.add(
        `${kernel.now()} commit ${change.schema}.${change.table} ${change.after ? identityOf(change.after as Row) : "-"}`,
      );
      try {
        check(change);
      } catch (error) {
        kernel.fail(error);
      }
    }
  });
}

const identityOf = (row: Row): string => {
  const known = ["id", "message_id", "order_id", "sku"].find(
    (column) => row[column] !== undefined,
  );
  return known === undefined ? "" : String(row[known]);
};

const ended = new Set(["cancelled", "completed"]);

function check({ schema, table, before, after }: Change): void {
  if (after === undefined) return;
  const row = after as Row;
  if (table === "stock") {
    const piles = ["available", "reserved", "sold"].map((pile) =>
      Number(row[pile]),
    );
    must(
      piles.every((units) => units >= 0),
      "I3",
      () => `a pile is negative: ${JSON.stringify(row)}`,
    );
    must(
      sum(piles) === Number(row["initial"]) + Number(row["restocked"]),
      "I3",
      () => `units came from nowhere: ${JSON.stringify(row)}`,
    );
  }
  if (schema === "order" && table === "orders" && before !== undefined) {
    const was = String((before as Row)["status"]);
    if (ended.has(was) && was !== row["status"])
      throw new Violation("I5", `an ended order moved: ${JSON.stringify(row)}`);
  }
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, one) => total + one, 0);
