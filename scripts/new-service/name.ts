/** What already means something else where a service's name is used: a schema and a role of the database. */
const reserved = new Set([
  "all",
  "none",
  "operations",
  "postgres",
  "public",
  "topics",
]);

/** Why there can be no service of this name, in a sentence; undefined when there can. */
export function refusalOf(
  name: string,
  taken: readonly string[],
): string | undefined {
  if (name === "")
    return "Name the service, for instance: npm run new:service -- loyalty";
  if (!/^[a-z]{3,20}$/.test(name))
    return `${name} cannot name a service: 3 to 20 lower-case letters and nothing else, for it is also a schema, a role and the variable ${name.toUpperCase()}_URL.`;
  if (reserved.has(name) || name.startsWith("pg"))
    return `${name} cannot name a service: the database or the gateway has another use for the word.`;
  if (taken.includes(name))
    return `There is already something called ${name}: in apps, packages or prisma.`;
  return undefined;
}
