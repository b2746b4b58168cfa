import { existsSync } from "node:fs";

const databases = "packages/testing/src/global-setup.ts";

/** Node strips types itself; jest needs a transform for that, and nothing more. */
const project = (name, testMatch, more = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  roots: ["<rootDir>/packages", "<rootDir>/apps", "<rootDir>/e2e"],
  testMatch,
  extensionsToTreatAsEsm: [".ts"],
  testEnvironment: "node",
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        swcrc: false,
        sourceMaps: "inline",
        module: { type: "es6" },
        jsc: {
          target: "es2024",
          parser: { syntax: "typescript" },
          transform: { verbatimModuleSyntax: true },
        },
      },
    ],
  },
  ...more,
});

export default {
  projects: [
    project("unit", ["**/*.test.ts", "!**/*.int.test.ts", "!**/*.e2e.test.ts"]),
    project("int", ["**/*.int.test.ts"], {
      testTimeout: 30_000,
      ...(existsSync(databases) && { globalSetup: `<rootDir>/${databases}` }),
    }),
    project("e2e", ["<rootDir>/e2e/**/*.e2e.test.ts"], {
      testTimeout: 120_000,
    }),
  ],
};
