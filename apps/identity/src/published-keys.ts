import { jwksOf, type Jwks } from "@cartwright/auth/jwks";
import type { Queryable } from "@cartwright/database/tx";
import { keyRing } from "./tokens/key-ring.ts";

/** What `/.well-known/jwks.json` answers, for verifiers in the same process: `remoteKeys({ load })`. */
export function publishedKeys(db: Queryable): () => Promise<Jwks> {
  const keys = keyRing(db, 0); // who asks keeps them
  return async () => jwksOf(await keys.published());
}
