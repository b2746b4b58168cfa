import { z } from "zod";
import { statusOf, type RefusalStatuses } from "./problem.ts";
import type { Route } from "./route.ts";

type Schema = Readonly<Record<string, unknown>>;
type Operation = Readonly<Record<string, unknown>> & {
  readonly responses: Readonly<Record<string, Schema>>;
};

export type OpenApi = {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
};

type Described = {
  readonly title: string;
  readonly routes: readonly Route[];
  readonly refusals?: RefusalStatuses;
};

/** The OpenAPI document of the routes, made from the schemas they are checked with. */
export function openApi({ title, routes, refusals = {} }: Described): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method] = operationOf(route, title, refusals);
  }
  return {
    openapi: "3.1.0",
    info: { title, version: "1" },
    paths,
    components: { schemas: { Problem: problem }, securitySchemes: { bearer } },
  };
}

const bearer = { type: "http", scheme: "bearer", bearerFormat: "JWT" };

const problem = {
  type: "object",
  description: "RFC 9457; `code` is stable.",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    correlationId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

function operationOf(
  route: Route,
  tag: string,
  refusals: RefusalStatuses,
): Operation {
  return {
    tags: [tag],
    summary: route.summary,
    operationId: operationIdOf(route),
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.body && { requestBody: requestBodyOf(route, route.body) }),
    responses: { ...successesOf(route), ...problemsOf(route, refusals) },
  };
}

function securityOf({ access }: Route) {
  if (access === "public") return [];
  return [{ bearer: access === "signed-in" ? [] : [access] }];
}

const operationIdOf = ({ method, path }: Route): string =>
  `${method}${path
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}`;

function requestBodyOf({ form }: Route, body: z.ZodType) {
  const schema = jsonSchema(body, "input");
  return {
    required: !body.safeParse(undefined).success,
    content: {
      "application/json": { schema },
      ...(form && { "application/x-www-form-urlencoded": { schema } }),
    },
  };
}

function parametersOf(route: Route): readonly Schema[] {
  return [
    ...inPlace("path", route.params),
    ...inPlace("query", route.query),
    ...(route.idempotency ? [idempotencyKey(route.idempotency)] : []),
  ];
}

const idempotencyKey = (use: "required" | "accepted"): Schema => ({
  name: "Idempotency-Key",
  in: "header",
  required: use === "required",
  description: "The same key and body do a thing once; kept for 24 hours.",
  schema: { type: "string", maxLength: 255 },
});

function inPlace(
  place: "path" | "query",
  schema: z.ZodType | undefined,
): readonly Schema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

const successesOf = ({ responses }: Route) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      Number(status) === 204
        ? { description: "Done" }
        : {
            description: "Success",
            content: {
              "application/json": { schema: jsonSchema(schema, "output") },
            },
          },
    ]),
  );

/** The description lists the codes. */
export const problemResponse = (codes: readonly string[]): Schema => ({
  description: codes.join(", "),
  content: {
    "application/problem+json": {
      schema: { $ref: "#/components/schemas/Problem" },
    },
  },
});

/** One entry per status. */
function problemsOf(route: Route, refusals: RefusalStatuses) {
  const codesByStatus: Record<number, string[]> = {};
  for (const code of codesOf(route)) {
    (codesByStatus[statusOf(code, refusals)] ??= []).push(code);
  }
  return Object.fromEntries(
    Object.entries(codesByStatus).map(([status, codes]) => [
      status,
      problemResponse(codes),
    ]),
  );
}

const codesOf = (route: Route): ReadonlySet<string> =>
  new Set([
    ...(route.params || route.query || route.body ? ["validation-failed"] : []),
    ...(route.body
      ? ["malformed-json", "body-too-large", "unsupported-media-type"]
      : []),
    ...(route.idempotency ? ["idempotency-key-reused"] : []),
    ...(route.idempotency === "required" ? ["idempotency-key-required"] : []),
    ...accessCodes(route),
    ...(route.refusals ?? []),
  ]);

function accessCodes({ access }: Route): readonly string[] {
  if (access === "public") return [];
  const ofTokens = ["token-missing", "token-expired", "token-invalid"];
  return access === "signed-in" ? ofTokens : [...ofTokens, "forbidden"];
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Schema {
  const document = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  delete document.$schema;
  return document;
}
