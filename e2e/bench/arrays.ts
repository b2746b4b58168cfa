import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@cartwright/database/open-database";
import { postgresServer } from "@cartwright/database/postgres-server";
import { statement } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";

/**
 * `node e2e/bench/arrays.ts`: what a row of a batch insert costs on both sides, its columns sent as arrays in PostgreSQL's
 * text format and in its binary one, in turn. The ratio counts; the microseconds are the machine's of the minute.
 */

const rounds = 3;
const perBatch = 200;
const perRound = 600;
/** Rolls a batch back, so that the table stays as it was. */
const undone = new Error("undone");
/** A clock tick of `/proc`, in microseconds. */
const tick = 10_000;

const home = mkdtempSync(join(tmpdir(), "cartwright-arrays-"));
const server = postgresServer({ folder: join(home, "data"), port: 0 });
await server.start?.();
const db = openDatabase({
  url: server.url(),
  schema: "public",
  maxConnections: 1,
});
try {
  await db.query(
    "CREATE TABLE messages (id uuid PRIMARY KEY, subject text, type text, headers json, payload text)",
  );
  const [backend] = await db.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  for (let round = 1; round <= rounds; round += 1) {
    // Only what is declared right behind the parameter is sent in binary.
    await measure(
      "text",
      backend?.pid ?? 0,
      (n, type) => `CAST($${n} AS ${type}[])`,
    );
    await measure("binary", backend?.pid ?? 0, (n, type) => `$${n}::${type}[]`);
  }
} finally {
  await db.stop?.();
  await server.stop?.();
  rmSync(home, { recursive: true, force: true });
}

async function measure(
  format: string,
  pid: number,
  declared: (place: number, type: string) => string,
): Promise<void> {
  const types = ["uuid", "text", "text", "json", "text"];
  const parameters = types.map((type, index) => declared(index + 1, type));
  const insert = statement(
    `insert-${format}`,
    `INSERT INTO messages SELECT * FROM unnest(${parameters.join(", ")})`,
  );
  const batches = Array.from({ length: 10 }, columns);
  const [ours, theirs] = [process.cpuUsage(), serverTicks(pid)];
  for (let turn = 0; turn < perRound; turn += 1) {
    const inserted = db.transaction(async (tx) => {
      await tx.query(insert, batches[turn % batches.length]);
      throw undone;
    });
    await inserted.catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  }
  const { user, system } = process.cpuUsage(ours);
  const perRow = (microseconds: number) =>
    (microseconds / perRound / perBatch).toFixed(1).padStart(5);
  console.log(
    `${format.padEnd(6)}  ${perRow(user + system)} µs a row here, ${perRow((serverTicks(pid) - theirs) * tick)} µs in the server`,
  );
}

/** CPU of a backend so far. */
function serverTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function columns(): string[][] {
  const rows = Array.from({ length: perBatch }, () => {
    const [id, order] = [newId(), newId()];
    const headers = {
      ce_id: id,
      ce_type: "OrderCreated",
      ce_source: "order",
      ce_subject: `order/${order}`,
      ce_time: new Date().toISOString(),
      ce_sequence: "1",
      ce_correlationid: newId(),
    };
    const data = {
      orderId: order,
      customerId: newId(),
      items: [{ productId: newId(), sku: "MUG-BLUE", quantity: 2 }],
      totalAmount: { amount: 3_998, currency: "EUR" },
    };
    const texts = [headers, data].map((value) => JSON.stringify(value));
    return [id, headers.ce_subject, headers.ce_type, ...texts];
  });
  return [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column] ?? ""));
}
