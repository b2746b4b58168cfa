import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allTwins } from "./twins/all-twins.ts";

const root = join(import.meta.dirname, "../../..");

const sources = [
  ...globSync("packages/{http,messaging,saga}/src/**/*.ts", { cwd: root }),
  ...globSync(
    "apps/{analytics,inventory,notification,order,payment,shipping}/src/**/*.ts",
    { cwd: root },
  ),
].filter((path) => !path.endsWith(".test.ts") && !path.includes("/generated/"));

/** What no run of the simulator asks for: the embedded bus has a twin of its own, operators stay away. */
const withoutTwins = [
  "apps/analytics/src/db/republish.ts",
  "apps/order/src/db/open-runs.ts",
  "packages/messaging/src/embedded/",
  "packages/messaging/src/dead-letters/",
  "packages/messaging/src/failed/",
  "packages/messaging/src/backlog.ts",
  "packages/messaging/src/operator-actions.ts",
  "packages/messaging/src/parked-keys.ts",
  "packages/saga/src/saga-reader.ts",
];

const statements = sources
  .filter((path) => !withoutTwins.some((prefix) => path.startsWith(prefix)))
  .flatMap((path) =>
    [
      ...readFileSync(join(root, path), "utf8").matchAll(
        /\b(statement|step|insertUnlessThere|insertNotFound)\(\s*"([^"]+)"/g,
      ),
    ].flatMap(([, kind, name = ""]) =>
      kind === "insertUnlessThere"
        ? [
            { name, path },
            { name: `${name}-optimistic`, path },
          ]
        : [{ name, path }],
    ),
  );

describe("the twins of the simulated database", () => {
  it("stand for every statement on an order's way", () => {
    expect(statements.length).toBeGreaterThan(40);
    expect(statements.filter(({ name }) => !(name in allTwins))).toEqual([]);
  });

  it("stand for no statement that is gone", () => {
    const names = new Set(statements.map(({ name }) => name));
    const named = Object.keys(allTwins).filter((name) => !name.includes(" "));
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });
});
