import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { int, text, uuid } from "./values.ts";

export type LeaseRow = {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly expires_at: number;
};

export const leases: TableDefinition<LeaseRow> = {
  name: "leases",
  key: ({ name }) => name,
};

const acquire: Twin = function* (run, values) {
  const [name, holder] = [text(values[0]), uuid(values[1])];
  const expires_at = run.now + int(values[2]);
  const written = yield* run
    .table(leases)
    .upsert(run, { name, holder, token: 1, expires_at }, (old) =>
      old.holder === holder || old.expires_at < run.now
        ? {
            name,
            holder,
            expires_at,
            token: old.token + (old.holder === holder ? 0 : 1),
          }
        : undefined,
    );
  return written ? [{ token: written.token }] : [];
};

const release: Twin = function* (run, values) {
  const table = run.table(leases);
  const holder = uuid(values[1]);
  const found = table.find(run.tx, text(values[0]));
  if (found?.row.holder === holder)
    yield* table.update(run, found, (row) =>
      row.holder === holder ? { ...row, expires_at: run.now } : undefined,
    );
  return [];
};

export const leaseTwins: Twins = {
  "lease-acquire": acquire,
  "lease-release": release,
};
