import pg from "pg";

const { escapeIdentifier: identifier } = pg;

/** What a role may do in the schema of another. Everything not listed is refused. */
type Grant = {
  readonly to: "bus" | "services";
  readonly on: "bus" | "services";
  readonly tables: "all" | readonly string[];
  readonly privileges: string;
};

const grants: readonly Grant[] = [
  {
    to: "bus",
    on: "services",
    tables: ["outbox"],
    privileges: "SELECT, DELETE",
  },
  { to: "services", on: "bus", tables: "all", privileges: "SELECT" },
  {
    to: "services",
    on: "bus",
    tables: ["cursors"],
    privileges: "INSERT, UPDATE",
  },
];

const notServices = new Set(["bus", "payment_provider"]);

/** The statements that give the roles of these schemas what they may do beyond their own. */
export function crossGrants(schemas: readonly string[]): string[] {
  if (!schemas.includes("bus")) return [];
  const services = schemas.filter((schema) => !notServices.has(schema));
  const named = (who: Grant["to"]) => (who === "bus" ? ["bus"] : services);
  return grants.flatMap(({ to, on, tables, privileges }) => {
    const roles = named(to).map(identifier).join(", ");
    return named(on).flatMap((schema) => [
      `GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${roles}`,
      `GRANT ${privileges} ON ${objects(schema, tables)} TO ${roles}`,
    ]);
  });
}

const objects = (schema: string, tables: Grant["tables"]): string =>
  tables === "all"
    ? `ALL TABLES IN SCHEMA ${identifier(schema)}`
    : tables
        .map((table) => `${identifier(schema)}.${identifier(table)}`)
        .join(", ");

/** A role reads and writes the rows of its own schema, and changes no table. */
export const ownGrants = (schema: string): string[] => {
  const [name, role] = [identifier(schema), identifier(schema)];
  return [
    `GRANT USAGE ON SCHEMA ${name} TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${name} TO ${role}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${name} TO ${role}`,
    `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${name} FROM PUBLIC`,
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${name} TO ${role}`,
    `REVOKE ALL ON ${name}."_prisma_migrations" FROM ${role}`,
  ];
};
