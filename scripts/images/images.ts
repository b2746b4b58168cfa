import { serviceNames } from "@cartwright/contracts/services";

export type Image = {
  readonly name: string;
  /** `service` answers `/health/ready` until it is stopped; `job` does one thing and ends. */
  readonly kind: "service" | "job";
  /** What it runs, from the root of the checkout. */
  readonly entry: string;
  /** Programs beside it that operators type in its container, by the name that each has in `/app`. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Files that it reads while it runs, from the root of the checkout. */
  readonly files?: readonly string[];
  /** Folder that anybody may write to once a volume is mounted there, which takes that over from the image. */
  readonly volume?: string;
};

const service = (name: string): Image => ({
  name,
  kind: "service",
  entry: `apps/${name}/src/main.ts`,
});

/** What the page `/docs` is made of. */
const swaggerUi = [
  "LICENSE",
  "package.json",
  "favicon-32x32.png",
  "swagger-ui-bundle.js",
  "swagger-ui.css",
].map((file) => `node_modules/swagger-ui-dist/${file}`);

const ofIdentity = { "make-operator": "apps/identity/src/make-operator.ts" };

/** All images that the Dockerfile makes, by the name it is given as `IMAGE`. */
export const images: readonly Image[] = [
  { ...service("gateway"), files: swaggerUi },
  ...serviceNames.map((name) => ({
    ...service(name),
    ...(name === "identity" && { programs: ofIdentity }),
  })),
  service("payment-provider"),
  { ...service("all-in-one"), files: ["prisma", ...swaggerUi] },
  {
    name: "migrations",
    kind: "job",
    entry: "scripts/migrate.ts",
    files: ["prisma"],
  },
  { name: "topics", kind: "job", entry: "scripts/create-topics.ts" },
  { name: "demo-shop", kind: "job", entry: "scripts/start-kafka/seed.ts" },
  {
    name: "ops",
    kind: "job",
    entry: "apps/cli/src/main.ts",
    volume: "journal",
  },
];
