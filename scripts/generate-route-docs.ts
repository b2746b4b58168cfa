import { aboutPages } from "@cartwright/app-gateway/about";
import { destinationOf } from "@cartwright/app-gateway/route-table";
import { roles, scopesOf, type Scope } from "@cartwright/auth/principal";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Route } from "@cartwright/http/route";
import { operationsRoutes } from "@cartwright/service/operations/operations-routes";
import { definitions } from "./helm/definitions.ts";
import { code, generatePage, table } from "./markdown.ts";
import { unstarted } from "./unstarted.ts";

/** Writes docs/reference/routes.md from the routes that the services are made of, or with `--check` fails when it is stale. */

type Described = {
  readonly name: ServiceName;
  readonly own: readonly Route[];
  readonly operations: readonly Route[];
};

const services: readonly Described[] = definitions().map((definition) => {
  const { name } = definition;
  const { platform, service } = unstarted(definition);
  return {
    name,
    own: service.routes,
    operations: operationsRoutes({
      name,
      db: platform.db,
      lag: () => Promise.resolve([]),
      handlers: service.handlers ?? [],
      wake: () => undefined,
    }),
  };
});

const rolesWith = (scope: Scope): string =>
  roles.filter((role) => scopesOf([role]).includes(scope)).join(", ");

function accessTo({ access }: Route): readonly [string, string] {
  if (access === "public") return ["nothing", "anybody"];
  if (access === "signed-in") return ["a token", roles.join(", ")];
  return [code(access), rolesWith(access)];
}

/** A promise that the gateway would break is no route to write down. */
function assertReachable({ method, path, access }: Route): void {
  const destination = destinationOf(
    method.toUpperCase(),
    path.replaceAll(/:(\w+)/g, "$1"),
  );
  if (!destination) throw new Error(`The gateway leads nobody to ${path}.`);
  if ((destination.token !== "needed") !== (access === "public"))
    throw new Error(
      `${method} ${path} and the gateway disagree about who may come.`,
    );
}

function lineOf(route: Route, path: string): readonly string[] {
  const { method, summary, idempotency } = route;
  return [
    code(`${method.toUpperCase()} ${path}`),
    ...accessTo(route),
    summary,
    idempotency ?? "",
  ];
}

const head = ["Route", "Needs", "Roles", "What it does", "`Idempotency-Key`"];

const ownRoutes = ({ name, own }: Described): string => `## ${name}

${table(
  head,
  own.map((route) => lineOf(route, route.path)),
)}
`;

/** The same for every service, but for those that hear nothing. */
function operations(): string {
  const anyOf = ({ name, operations: routes }: Described) =>
    routes.map((route) => ({
      name,
      route,
      path: route.path.replace(`/operations/${name}`, "/operations/<service>"),
    }));
  const alike = Map.groupBy(
    services.flatMap(anyOf),
    ({ route, path }) => `${route.method} ${path}`,
  );
  return table(
    [...head, "Services"],
    [...alike.values()].flatMap(([first, ...others]) => {
      if (!first) return [];
      const names = [first, ...others].map(({ name }) => name);
      const whose = names.length === services.length ? "all" : names.join(", ");
      return [[...lineOf(first.route, first.path), whose]];
    }),
  );
}

for (const { own, operations: others } of services)
  [...own, ...others].forEach(assertReachable);

await generatePage(
  "docs/reference/routes.md",
  `# Routes

Made from the routes of the services and of the gateway by \`npm run docs\`. Bodies, answers and refusal codes stand in the OpenAPI document
of a running platform, \`/openapi.json\`, and are shown at \`/docs\`.

All of them are reached through the gateway. \`/api/…\` without a version means the newest, \`/api/v1/…\`. **Needs** is the scope that the token must
have; the roles are those that have it. Customers see and change what is their own. A refusal is a problem document (RFC 9457) with a stable
\`code\`.

## Gateway

${table(
  ["Route", "What it does"],
  [
    ...aboutPages.map(({ path, summary }) => [code(`GET ${path}`), summary]),
    [code("GET /docs"), "the API's description, to be read and tried"],
  ],
)}

${services.map(ownRoutes).join("\n")}
## Operations

Each of the eight services lets operators look into it, below its name.

${operations()}

## Not through the gateway

Each service answers \`GET /health/live\`, \`GET /health/ready\` and \`GET /openapi.json\` on its own port, and \`GET /metrics\` on \`METRICS_PORT\`. The
simulated payment provider has [routes of its own](../../apps/payment-provider/README.md).
`,
);
