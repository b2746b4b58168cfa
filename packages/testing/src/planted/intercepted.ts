import type { Database } from "@cartwright/database/open-database";
import type { Queryable, Statement, Tx } from "@cartwright/database/tx";

export type Rows = Promise<Record<string, unknown>[]>;

/** Takes the place of a statement: `proceed` carries it out with these values, `outside` in no transaction. */
export type Interception = (
  values: readonly unknown[],
  proceed: (values: readonly unknown[]) => Rows,
  outside: (statement: Statement, values: readonly unknown[]) => Rows,
) => Rows;

/** By the statement's name. */
export type Interceptions = Readonly<Record<string, Interception>>;

/** The database, with some of its statements carried out otherwise. */
export function intercepted(
  db: Database,
  interceptions: Interceptions,
): Database {
  const outside = (statement: Statement, values: readonly unknown[]) =>
    db.query(statement, values) as Rows;
  const through = (queryable: Queryable): Queryable["query"] =>
    ((statement, values = []) => {
      const proceed = (given: readonly unknown[]) =>
        queryable.query(statement, given) as Rows;
      const name = typeof statement === "string" ? "" : statement.name;
      const interception = interceptions[name];
      return interception
        ? interception(values, proceed, outside)
        : proceed(values);
    }) as Queryable["query"];
  return {
    name: db.name,
    schema: db.schema,
    url: db.url,
    pool: db.pool,
    query: through(db),
    transaction: transactionsBy(db, through),
    turn: db.turn,
    stats: () => db.stats(),
    start: async () => db.start?.(),
    stop: async () => db.stop?.(),
    health: () => db.health?.() ?? { status: "up" },
  };
}

/** Transactions of `db` whose statements go by `through`; they end when all are answered, those too that were only sent. */
export const transactionsBy =
  (
    db: Database,
    through: (tx: Tx) => Queryable["query"],
  ): Database["transaction"] =>
  (work) =>
    db.transaction(async (tx) => {
      const ask = through(tx);
      const asked: Promise<unknown>[] = [];
      const query: Queryable["query"] = (statement, values) => {
        const rows = ask(statement, values);
        rows.catch(() => undefined);
        asked.push(rows);
        return rows as never;
      };
      const value = await work({
        query,
        send: (statement, values) => void query(statement, values),
        afterCommit: (callback) => tx.afterCommit(callback),
        afterGivingUp: (callback) => tx.afterGivingUp(callback),
      });
      await Promise.all(asked);
      return value;
    });
