import type { Change, Specimen } from "./capture.ts";
import type { Column } from "./columns.ts";
import { finishedProgram, placingProgram, remaining } from "./program.ts";

const column = (
  name: string,
  type: string,
  more: Partial<Column> = {},
): Column => ({
  name,
  type,
  inKey: false,
  generated: false,
  ...more,
});

const columns = new Map([
  [
    '"order".orders',
    [
      column("id", "uuid", { inKey: true }),
      column("status", "text"),
      column("created_at", "timestamptz"),
    ],
  ],
  [
    '"order".outbox',
    [
      column("position", "bigint", { inKey: true, generated: true }),
      column("payload", "text"),
    ],
  ],
  [
    '"inventory".stock',
    [column("sku", "text", { inKey: true }), column("reserved", "integer")],
  ],
]);

const orderId = "019f0000-0000-7000-8000-000000000001";
const change = (
  transaction: string,
  schema: string,
  table: string,
  rows: Partial<Change>,
): Change => ({
  transaction,
  schema,
  table,
  before: null,
  after: null,
  ...rows,
});
const pending = {
  id: orderId,
  status: "pending",
  created_at: "2026-01-01T00:00:00.050+00:00",
};
const message = {
  position: 7,
  payload: `{"orderId":"${orderId}","sku":"MUG"}`,
};
const changes: Change[] = [
  change("1", "order", "orders", { after: pending }),
  change("1", "order", "outbox", { after: message }),
  change("2", "order", "outbox", { before: message }),
  change("3", "inventory", "stock", {
    before: { sku: "MUG", reserved: 4 },
    after: { sku: "MUG", reserved: 5 },
  }),
  change("4", "order", "orders", {
    before: pending,
    after: { ...pending, status: "confirmed" },
  }),
];
const specimen: Specimen = {
  placedAt: new Date("2026-01-01T00:00:00Z"),
  customerId: "019f0000-0000-7000-8000-0000000000aa",
  products: [
    { id: "019f0000-0000-7000-8000-0000000000bb", sku: "MUG", price: 1 },
  ],
  changes,
};

describe("an order as a program", () => {
  const program = placingProgram(specimen, columns);

  it("commits as often as the order did", () => {
    expect(program.match(/COMMIT;/g)).toHaveLength(4);
  });

  it("gives each order ids and products of its own, and leaves the rest as long as it was", () => {
    expect(program).toContain(
      `('{"orderId":"' || o.id_0 || '","sku":"' || o.sku_0 || '"}')::text`,
    );
    expect(program).toContain("uuidv7(placed - now())");
  });

  it("keeps times as far from the order as they were", () => {
    expect(program).toContain("o.at + interval '50 ms'");
  });

  it("deletes what it inserted by the keys that the database made", () => {
    expect(program).toContain(
      `DELETE FROM "order".outbox WHERE "position" = ANY (positions__order__outbox)`,
    );
  });

  it("adds up what the orders of a batch do to a row they share", () => {
    expect(program).toContain(`"reserved" = old."reserved" + new."reserved"`);
    expect(program).toContain("FOR UPDATE OF old");
  });
});

describe("an order that is finished", () => {
  it("leaves its rows as they are at last, and what it changed of others", () => {
    expect(
      remaining(changes, columns).map(({ table, before, after }) => [
        table,
        before,
        after,
      ]),
    ).toEqual([
      ["orders", null, { ...pending, status: "confirmed" }],
      ["stock", { sku: "MUG", reserved: 4 }, { sku: "MUG", reserved: 5 }],
    ]);
  });

  it("is made in one transaction", () => {
    expect(finishedProgram(specimen, columns)).not.toContain("COMMIT");
  });
});
