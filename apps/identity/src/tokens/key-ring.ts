import type { SigningKey } from "@cartwright/auth/signing-key";
import { newSigningKey } from "@cartwright/auth/signing-key";
import type { Queryable } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import {
  insertActiveKey,
  loadKeys,
  type StoredKey,
} from "../db/signing-key-store.ts";

/** The keys that tokens are signed with: in the database, so that tokens outlive the process. */
export type KeyRing = Part & {
  /** The one that signs today. */
  active(): Promise<SigningKey>;
  /** Those that verifiers must know: past, present and next. */
  published(): Promise<readonly SigningKey[]>;
};

/** What was read is believed for `keepFor`: meanwhile another may have changed the keys. */
export function keyRing(db: Queryable, keepFor: Duration): KeyRing {
  let keys: readonly StoredKey[] = [];
  let loadedAt = -Infinity;

  async function load(): Promise<readonly StoredKey[]> {
    if (performance.now() - loadedAt > keepFor) {
      keys = await keysOrFirstKey(db);
      loadedAt = performance.now();
    }
    return keys;
  }

  return {
    name: "signing keys",
    async start() {
      await load();
    },
    published: load,
    async active() {
      const key = (await load()).find(({ status }) => status === "active");
      if (!key) throw new Error("No signing key is active.");
      return key;
    },
  };
}

/** Starters that race all insert; one succeeds, and everybody reads that one. */
async function keysOrFirstKey(db: Queryable): Promise<readonly StoredKey[]> {
  const keys = await loadKeys(db);
  if (keys.length > 0) return keys;
  await insertActiveKey(db, await newSigningKey());
  return loadKeys(db);
}
