import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The platform's tables are the same in every service: same models, same migrations, byte for byte. */
const prisma = join(import.meta.dirname, "../prisma");
const shared = [
  "platform.prisma",
  "migrations/0001_platform/migration.sql",
  "migrations/0003_operators/migration.sql",
];
const notServices = new Set(["bus", "payment-provider"]);

const [first, ...others] = readdirSync(prisma).filter(
  (name) => !notServices.has(name),
);
const differing = shared.flatMap((file) => {
  const expected = readFileSync(join(prisma, first, file));
  return others
    .map((service) => join(prisma, service, file))
    .filter((path) => !existsSync(path) || !readFileSync(path).equals(expected))
    .map((path) => `${path} differs from ${join(prisma, first, file)}`);
});

for (const sentence of differing) console.error(sentence);
if (differing.length > 0) process.exit(1);
console.log(`${others.length + 1} services share one platform schema.`);
