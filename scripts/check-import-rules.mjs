import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile,
  copyFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import rules from "../.dependency-cruiser.mjs";

/** Plants one violation of each import rule in a small copy of the tree and sees it reported. */
const violations = [
  [
    "app-imports-no-app",
    "apps/order/src/planted.ts",
    "@cartwright/app-catalog/target",
  ],
  [
    "app-imports-no-app",
    "apps/order/src/planted-too.ts",
    "../../catalog/src/target.ts",
  ],
  [
    "package-imports-no-app",
    "packages/contracts/src/planted.ts",
    "@cartwright/app-order/target",
  ],
  [
    "domain-imports-kernel-only",
    "apps/order/src/domain/planted.ts",
    "@cartwright/contracts/target",
  ],
  [
    "domain-imports-kernel-only",
    "apps/order/src/domain/planted-too.ts",
    "../target.ts",
  ],
  [
    "domain-imports-kernel-only",
    "apps/order/src/domain/planted-three.ts",
    "zod",
  ],
  ["only-messaging-names-kafkajs", "apps/order/src/kafka.ts", "kafkajs"],
  ["only-db-folders-name-the-database", "apps/order/src/http/rows.ts", "pg"],
  [
    "only-db-folders-name-the-database",
    "apps/order/src/http/more-rows.ts",
    "@prisma/client",
  ],
  ["no-circular", "packages/kernel/src/one.ts", "./two.ts"],
];

const allowed = [
  ["apps/all-in-one/src/main.ts", "@cartwright/app-order/target"],
  ["apps/order/src/domain/order.ts", "@cartwright/kernel/target"],
  ["apps/order/src/db/order-store.ts", "pg"],
  ["packages/database/src/open.ts", "pg"],
  ["packages/messaging/src/kafka-bus.ts", "kafkajs"],
  ["packages/kernel/src/two.ts", "./one.ts"],
];

const workspaces = [
  ["apps", ["all-in-one", "catalog", "order"]],
  ["packages", ["contracts", "database", "kernel", "messaging"]],
].flatMap(([folder, names]) => names.map((name) => [folder, name]));

const root = join(import.meta.dirname, "..");

async function plant(folder) {
  const put = async (file, text) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  await mkdir(join(folder, "node_modules/@cartwright"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@cartwright" && !name.startsWith("."))
      await symlink(
        join(root, "node_modules", name),
        join(folder, "node_modules", name),
      );
  }
  for (const [parent, name] of workspaces) {
    await put(`${parent}/${name}/src/target.ts`, "export const target = 1;\n");
    await copyFile(
      join(root, parent, name, "package.json"),
      join(folder, parent, name, "package.json"),
    );
    const link = parent === "apps" ? `app-${name}` : name;
    await symlink(
      join(folder, parent, name),
      join(folder, "node_modules/@cartwright", link),
    );
  }
  for (const [file, target] of [
    ...violations.map(([, ...rest]) => rest),
    ...allowed,
  ])
    await put(
      file,
      `import * as planted from "${target}";\nconsole.log(planted);\n`,
    );
}

const folder = await mkdtemp(join(tmpdir(), "import-rules-"));
try {
  await plant(folder);
  const { output } = await cruise(["apps", "packages"], {
    ...rules.options,
    baseDir: folder,
    ruleSet: { forbidden: rules.forbidden },
    validate: true,
  });
  const reported = output.summary.violations.map(({ rule, from }) => [
    rule.name,
    from,
  ]);
  const has = (list, rule, file) =>
    list.some(([name, from]) => name === rule && from === file);
  const silent = violations.filter(
    ([rule, file]) => !has(reported, rule, file),
  );
  const wrong = reported.filter(
    ([rule, file]) => !has(violations, rule, file) && rule !== "no-circular",
  );
  const unplanted = rules.forbidden.filter(
    ({ name }) => !violations.some(([rule]) => rule === name),
  );
  for (const [rule, file] of silent)
    console.error(`${rule} does not see the violation in ${file}`);
  for (const [rule, file] of wrong)
    console.error(`${rule} refuses what is allowed in ${file}`);
  for (const { name } of unplanted)
    console.error(`${name} has no planted violation`);
  if (silent.length + wrong.length + unplanted.length > 0) process.exitCode = 1;
  else
    console.log(
      `${violations.length} planted violations, each reported; ${allowed.length} allowed imports, none.`,
    );
} finally {
  await rm(folder, { recursive: true });
}
