import type { Database } from "@cartwright/database/open-database";
import { intercepted } from "@cartwright/testing/planted/intercepted";
import type { Actor, Kernel } from "./kernel.ts";
import type { Tables } from "./tables.ts";
import { Violation } from "./violation.ts";

/** Sees to it that nobody begins to publish but who has the lease at that moment. */
export class LeaseWatch {
  readonly #kernel: Kernel;
  readonly #tables: Tables;
  readonly #holders = new Map<Actor, { schema: string; holder: unknown }>();

  constructor(kernel: Kernel, tables: Tables) {
    this.#kernel = kernel;
    this.#tables = tables;
  }

  /** Learns under which name the process asks for its lease. */
  watched(db: Database, actor: Actor): Database {
    return intercepted(db, {
      "lease-acquire": (values, proceed) => {
        this.#holders.set(actor, { schema: db.schema, holder: values[1] });
        return proceed(values);
      },
    });
  }

  check(actor: Actor): void {
    const own = this.#holders.get(actor);
    if (own === undefined) return;
    const [lease] = this.#tables.rows(own.schema, "leases");
    const now = this.#kernel.now();
    const holds =
      lease?.["holder"] === own.holder && Number(lease?.["expires_at"]) > now;
    if (holds) return;
    this.#kernel.fail(
      new Violation("I8", `${actor.name} publishes without the lease`),
    );
  }
}
