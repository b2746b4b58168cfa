import { describeSchemas } from "@cartwright/database/describe-schema";
import { migrate } from "@cartwright/database/migrate";
import { postgresServer } from "@cartwright/database/postgres-server";
import { schemaOf } from "@cartwright/database/role-url";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes `prisma/<service>/schema.sql`, what its migrations amount to; with `--check` only compares. */
const prisma = join(import.meta.dirname, "../prisma");
const isCheck = process.argv.includes("--check");

const home = mkdtempSync(join(tmpdir(), "cartwright-dump-"));
const server = postgresServer({
  folder: join(home, "data"),
  port: 0,
  settings: { fsync: "off" },
});
await server.start?.();
try {
  const stale = await dump(server.url());
  for (const file of stale)
    console.error(`${file} is stale; run npm run db:dump.`);
  if (stale.length > 0) process.exitCode = 1;
} finally {
  await server.stop?.();
  rmSync(home, { recursive: true, force: true });
}

async function dump(adminUrl: string): Promise<string[]> {
  await migrate({ adminUrl });
  const services = readdirSync(prisma);
  const texts = await describeSchemas(adminUrl, services.map(schemaOf));
  return services.filter((service) => {
    const file = join(prisma, service, "schema.sql");
    const text = texts.get(schemaOf(service)) ?? "";
    if (!isCheck) writeFileSync(file, text);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
}
