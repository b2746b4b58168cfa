import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.ts";

type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Writes a schema to where kubeconform looks for that of the kind, without its descriptions: nobody reads them here. */
export function keep(name: string, schema: unknown): void {
  const folder = join(root, "helm/schemas");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(withoutWords(schema)));
}

function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== "description" || typeof value !== "string",
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, withoutWords(value)]),
  );
}
