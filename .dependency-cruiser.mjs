const database =
  "^(pg|pg-.*|@prisma/.*|prisma)$|node_modules/(pg|@prisma|prisma|@types/pg)/";

/** The import rules. `npm run deps` checks them; `scripts/check-import-rules.mjs` proves that each one bites. */
export default {
  forbidden: [
    {
      name: "app-imports-no-app",
      comment:
        "An app imports packages, never another app; all-in-one composes them.",
      severity: "error",
      from: { path: "^apps/([^/]+)/", pathNot: "^apps/all-in-one/" },
      to: { path: "^apps/", pathNot: "^apps/$1/" },
    },
    {
      name: "package-imports-no-app",
      comment: "Packages know no app.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    {
      name: "domain-imports-kernel-only",
      comment: "A service's domain is pure: its own files and the kernel.",
      severity: "error",
      from: { path: "^apps/([^/]+)/src/domain/", pathNot: "\\.test\\.ts$" },
      to: { pathNot: "^(apps/$1/src/domain/|packages/kernel/)" },
    },
    {
      name: "only-messaging-names-kafkajs",
      comment: "The broker hides behind the Bus port.",
      severity: "error",
      from: {
        path: "^(apps|packages|e2e|scripts)/",
        pathNot: "^packages/messaging/",
      },
      to: { path: "^kafkajs$|node_modules/kafkajs/" },
    },
    {
      name: "only-db-folders-name-the-database",
      comment:
        "pg and Prisma are named where rows are read and written, and nowhere else.",
      severity: "error",
      from: {
        path: "^(apps|packages|e2e|scripts)/",
        // The simulated database is held to the real one, session by session.
        pathNot:
          "/db/|^packages/(database|testing)/|^e2e/simulation/database/conformance",
      },
      to: { path: database },
    },
    {
      name: "no-circular",
      comment: "Two files that need each other are one thing.",
      severity: "error",
      from: { pathNot: "/generated/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|/generated/" },
    exclude: { path: "/(coverage|\\.data|\\.cache)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
