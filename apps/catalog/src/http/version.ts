import { validationFailed } from "@cartwright/http/faults";
import type { Reply } from "@cartwright/http/reply";
import type { Product } from "../domain/product.ts";

const ETAG = /^"(\d{1,9})"$/;

/** The version in `If-Match`; undefined when the caller does not care. */
export function expectedVersion(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): number | undefined {
  const header = headers["if-match"];
  if (header === undefined || header === "*") return undefined;
  const version = typeof header === "string" && ETAG.exec(header)?.[1];
  if (version) return Number(version);
  const message = 'The ETag is expected, like "3".';
  throw validationFailed([{ path: "headers.if-match", message }]);
}

export const withEtag = (reply: Reply, { version }: Product): Reply => ({
  ...reply,
  headers: { ...reply.headers, etag: `"${version}"` },
});
