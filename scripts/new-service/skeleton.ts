import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { model, renamed } from "./model.ts";

type MadeFile = {
  /** From the root of the checkout. */
  readonly file: string;
  write(): void;
};

/** Taken from the model's folder with the new name for its own. */
const renamedFiles = [
  "package.json",
  "tsconfig.json",
  "src/config.ts",
  "src/main.ts",
];

/** Byte for byte the same in every service. */
const platformFiles = [
  "platform.prisma",
  "migrations/0001_platform/migration.sql",
  "migrations/0003_operators/migration.sql",
];

/** A service that starts, answers operators and does nothing else: what every service has, taken from the model. */
export function skeletonOf(root: string, name: string): MadeFile[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const make = (file: string, text: string): MadeFile => ({
    file,
    write() {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    },
  });
  return [
    ...renamedFiles.map((file) =>
      make(
        `apps/${name}/${file}`,
        renamed(read(`apps/${model}/${file}`), name),
      ),
    ),
    make(`apps/${name}/src/${name}-service.ts`, serviceNamed(name)),
    ...platformFiles.map((file) =>
      make(`prisma/${name}/${file}`, read(`prisma/${model}/${file}`)),
    ),
    make(
      `prisma/${name}/schema.prisma`,
      renamed(headOf(read(`prisma/${model}/schema.prisma`)), name),
    ),
  ];
}

/** Generator and data source, without the model's own tables. */
const headOf = (schema: string): string =>
  `${schema.slice(0, schema.search(/^(\/\/\/|model) /m)).trimEnd()}\n`;

const serviceNamed = (name: string): string => `
import { defineService } from "@cartwright/service/service";
import { ${name}Config } from "./config.ts";

export const ${name}Service = defineService({
  name: "${name}",
  config: ${name}Config,
  create: () => ({ routes: [], refusals: {} }),
});
`;
