import type { Change, Row } from "./capture.ts";
import { nameOf, type Column, type Columns } from "./columns.ts";
import type { Template } from "./template.ts";

/** What the statements of one transaction are made with. */
export type Making = {
  readonly columns: Columns;
  readonly template: Template;
  /** Which orders of the batch have a row in this table; all unless given. */
  readonly where?: (table: string) => string | undefined;
};

/** Rows that one statement inserts, updates or deletes for every order of the batch. */
type Group = {
  readonly kind: "insert" | "update" | "share" | "delete";
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
  readonly changes: Change[];
};

/** The plpgsql array of what was inserted into a table whose keys the database makes. */
export const positionsOf = (name: string): string =>
  `positions_${name.replaceAll(/\W/g, "_")}`;

/** The statements of one transaction of the specimen, each for all orders of `batch` at once. */
export function statementsOf(
  changes: readonly Change[],
  making: Making,
): string[] {
  return groupsOf(changes, making).map((group) => {
    switch (group.kind) {
      case "insert":
        return insert(group, making);
      case "update":
        return update(group, making);
      case "share":
        return share(group, making);
      case "delete":
        return remove(group, making);
    }
  });
}

/** Changes of one kind in one table go together, as the services do it, unless one row changes twice. */
function groupsOf(
  changes: readonly Change[],
  { columns: all, template }: Making,
): Group[] {
  const groups: Group[] = [];
  for (const change of changes) {
    const name = nameOf(change);
    const columns = all.get(name) ?? [];
    const key = columns.filter(({ inKey }) => inKey);
    const row = change.after ?? change.before ?? {};
    const kind = kindOf(change, template.isOfOneOrder(row, key));
    const group = groups.findLast((one) => one.name === name);
    if (
      group?.kind === kind &&
      !group.changes.some((other) => sameKey(other, change, key))
    )
      group.changes.push(change);
    else groups.push({ kind, name, columns, key, changes: [change] });
  }
  return groups;
}

function kindOf({ before, after }: Change, ofOneOrder: boolean): Group["kind"] {
  if (before === null) return "insert";
  if (after === null) return "delete";
  return ofOneOrder ? "update" : "share";
}

const sameKey = (one: Change, other: Change, key: readonly Column[]): boolean =>
  key.every(
    ({ name }) =>
      (one.after ?? one.before)?.[name] ===
      (other.after ?? other.before)?.[name],
  );

/** Some other table's positions are numbered by whoever writes them. */
const isNumbered = (key: readonly Column[]): boolean =>
  key.length === 1 &&
  key.every(({ type, generated }) => type === "bigint" && !generated);

function insert(
  { name, columns, key, changes }: Group,
  making: Making,
): string {
  const numbered = isNumbered(key);
  const given = columns.filter(({ generated }) => !generated);
  const names = given.map((column) => quoted(column.name)).join(", ");
  const rows = fromBatch(name, changes, making, ({ after }) =>
    given.map((column) =>
      numbered && column.inKey
        ? "nextval('bench.numbers')"
        : making.template.expression(after ?? {}, column),
    ),
  );
  const [first] = key;
  const generated = key.length === 1 && first?.generated === true;
  if (!generated) return `INSERT INTO ${name} (${names}) ${rows};`;
  const positions = positionsOf(name);
  return `WITH inserted AS (INSERT INTO ${name} (${names}) ${rows} RETURNING ${quoted(first.name)} AS place)
    SELECT ${positions} || array_agg(place) INTO ${positions} FROM inserted;`;
}

function update(
  { name, columns, key, changes }: Group,
  making: Making,
): string {
  const set = changed(columns, changes);
  const rows = fromBatch(name, changes, making, ({ after }) =>
    [...key, ...set].map((column) =>
      named(making.template.expression(after ?? {}, column), column),
    ),
  );
  const assignments = set.map(
    ({ name: column }) => `${quoted(column)} = new.${quoted(column)}`,
  );
  return `UPDATE ${name} AS old SET ${assignments.join(", ")} FROM (${rows}) AS new WHERE ${matches(key)};`;
}

/** A row of many orders: numbers grow by what all of the batch add. Locked in order, so that two batches never deadlock. */
function share({ name, columns, key, changes }: Group, making: Making): string {
  const set = changed(columns, changes);
  const keys = key.map(({ name: column }) => quoted(column)).join(", ");
  const rows = fromBatch(name, changes, making, ({ before, after }) => [
    ...key.map((column) =>
      named(making.template.expression(after ?? {}, column), column),
    ),
    ...set.map((column) =>
      named(
        isCount(column, changes)
          ? `${difference(before, after, column)}::bigint`
          : making.template.expression(after ?? {}, column),
        column,
      ),
    ),
  ]);
  const totals = set.map((column) => {
    const of = isCount(column, changes) ? "sum" : "any_value";
    return named(`${of}(${quoted(column.name)})`, column);
  });
  const grouped = `SELECT ${[keys, ...totals].join(", ")} FROM (${rows}) AS each GROUP BY ${keys}`;
  const assignments = set.map((column) => {
    const it = quoted(column.name);
    return isCount(column, changes)
      ? `${it} = old.${it} + new.${it}`
      : `${it} = new.${it}`;
  });
  return `PERFORM FROM ${name} AS old JOIN (${grouped}) AS new ON ${matches(key)}
      ORDER BY ${key.map(({ name: column }) => `old.${quoted(column)}`).join(", ")} FOR UPDATE OF old;
    UPDATE ${name} AS old SET ${assignments.join(", ")} FROM (${grouped}) AS new WHERE ${matches(key)};`;
}

function remove({ name, key, changes }: Group, making: Making): string {
  const [first] = key;
  if (first?.generated) {
    const positions = positionsOf(name);
    return `DELETE FROM ${name} WHERE ${quoted(first.name)} = ANY (${positions}); ${positions} := '{}';`;
  }
  const rows = fromBatch(name, changes, making, ({ before }) =>
    key.map((column) =>
      named(making.template.expression(before ?? {}, column), column),
    ),
  );
  return `DELETE FROM ${name} AS old USING (${rows}) AS new WHERE ${matches(key)};`;
}

/** A row for each change and each order of the batch. */
function fromBatch(
  name: string,
  changes: readonly Change[],
  { where }: Making,
  values: (change: Change) => readonly string[],
): string {
  const condition = where?.(name);
  return changes
    .map(
      (change) =>
        `SELECT ${values(change).join(", ")} FROM unnest(batch) AS o${condition === undefined ? "" : ` WHERE ${condition}`}`,
    )
    .join(" UNION ALL ");
}

const changed = (
  columns: readonly Column[],
  changes: readonly Change[],
): Column[] =>
  columns.filter(({ name }) =>
    changes.some(
      ({ before, after }) =>
        JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
    ),
  );

const isCount = ({ name }: Column, changes: readonly Change[]): boolean =>
  changes.every(
    ({ before, after }) =>
      typeof before?.[name] === "number" && typeof after?.[name] === "number",
  );

const difference = (
  before: Row | null,
  after: Row | null,
  { name }: Column,
): number => Number(after?.[name]) - Number(before?.[name]);

const matches = (key: readonly Column[]): string =>
  key
    .map(({ name }) => `old.${quoted(name)} = new.${quoted(name)}`)
    .join(" AND ");

const quoted = (name: string): string => `"${name}"`;
const named = (expression: string, { name }: Column): string =>
  `${expression} AS ${quoted(name)}`;
