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
  testTimeout: 60_000, // jest heeds it here only, not per project
  projects: [
    project("unit", ["**/*.test.ts", "!**/*.int.test.ts", "!**/*.e2e.test.ts"]),
    project("int", ["**/*.int.test.ts"], {
      globalSetup: "<rootDir>/packages/testing/src/global-setup.ts",
      globalTeardown: "<rootDir>/packages/testing/src/global-teardown.ts",
    }),
    project("e2e", ["<rootDir>/e2e/**/*.e2e.test.ts"]),
  ],
};
