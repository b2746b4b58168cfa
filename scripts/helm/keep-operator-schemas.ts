import { readFileSync } from "node:fs";
import { isObject, keep } from "./kept-schema.ts";
import { parse } from "./render.ts";

/**
 * Keeps the schemas of the operators' kinds that the chart makes, closed to fields that they do not name:
 * `node scripts/helm/keep-operator-schemas.ts FILE...`, with the CustomResourceDefinitions of the operators.
 * helm/schemas/README.md says where those are had.
 */
type Schema = Readonly<Record<string, unknown>>;
type Definition = {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly {
    readonly name: string;
    readonly schema: { readonly openAPIV3Schema: Schema };
  }[];
};

const kinds = new Set([
  "cluster-postgresql-v1",
  "externalsecret-external-secrets-v1",
  "httproute-gateway-v1",
  "kafka-kafka-v1",
  "kafkanodepool-kafka-v1",
  "kafkauser-kafka-v1",
  "peerauthentication-security-v1",
  "prometheusrule-monitoring-v1",
  "scaledobject-keda-v1alpha1",
  "servicemonitor-monitoring-v1",
  "triggerauthentication-keda-v1alpha1",
]);

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Name the files that have the operators' definitions.");
  process.exit(1);
}
const found = files
  .flatMap((file) => parse(readFileSync(file, "utf8")))
  .filter(({ kind }) => kind === "CustomResourceDefinition")
  .flatMap(({ spec }) => schemasOf(spec as Definition));
for (const [name, schema] of found) {
  if (kinds.delete(name)) keep(name, schema);
}
if (kinds.size > 0) console.error(`Not among them: ${[...kinds].join(", ")}.`);

function schemasOf({ group, names, versions }: Definition): [string, Schema][] {
  const [family = ""] = group.split(".");
  return versions.map(({ name, schema }) => [
    `${names.kind.toLowerCase()}-${family}-${name}`,
    closed(written(schema.openAPIV3Schema)) as Schema,
  ]);
}

/** What people write: no status, and of what is Kubernetes' own nothing in particular. */
function written(schema: Schema): Schema {
  const { status: _, ...own } = schema["properties"] as Schema;
  const properties = { apiVersion: {}, kind: {}, ...own, metadata: {} };
  return { ...schema, properties };
}

/** As the cluster takes it when it is told to be strict: no field that is not named, and `nullable` as JSON schema says it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !/^x-|^nullable$/.test(key) || isObject(value))
      .map(([key, value]) => [key, closed(value)]),
  );
  const isOpen =
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    "additionalProperties" in schema;
  return {
    ...inner,
    ...(schema["nullable"] === true && { type: [schema["type"], "null"] }),
    ...(isObject(schema["properties"]) &&
      schema["type"] === "object" &&
      !isOpen && { additionalProperties: false }),
  };
}
