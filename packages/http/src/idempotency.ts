import { statement, type Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { newId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import { hash } from "node:crypto";
import type { Reply } from "./reply.ts";

/** What makes two requests the same one. */
export type Once = {
  /** Who asks for what, for instance `<user id> POST /orders`: keys are bound to it. */
  readonly scope: string;
  /** The `Idempotency-Key`; without it nobody can repeat the request, and the work is still done once. */
  readonly key: string | undefined;
  readonly fingerprint: string;
};

const take = statement(
  "idempotency-take",
  `INSERT INTO idempotency_keys (scope, key, fingerprint, status, headers)
   VALUES ($1, $2, $3, 0, '{}') ON CONFLICT DO NOTHING RETURNING 1`,
);
const keep = statement(
  "idempotency-keep",
  `UPDATE idempotency_keys SET status = $3, headers = $4, body = $5
   WHERE scope = $1 AND key = $2`,
);
const recall = statement(
  "idempotency-recall",
  `SELECT fingerprint, status, headers, body FROM idempotency_keys
   WHERE scope = $1 AND key = $2`,
);

/** The reply that a key has kept. */
export type KeptReply = {
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** Where the work runs: our own transactions, or Prisma's as `prismaTransaction` makes them. */
type Transacting<T extends Tx> = {
  transaction<R>(work: (tx: T) => Promise<R>): Promise<R>;
};

/**
 * Does the work once per scope and key and answers every repetition with the first reply. The key
 * is taken, the work done and the reply kept in one transaction, so a repetition in parallel waits
 * for the first, and a refusal keeps nothing: the key may be used again after the fix. A request
 * without a key gets one of its own: its transaction is run again too when nobody knows whether its
 * COMMIT was done, and must find then that it was.
 */
export function once<T extends Tx>(
  db: Transacting<T>,
  request: Once,
  work: (tx: T) => Promise<Reply>,
): Promise<Reply> {
  const { scope, key = newId(), fingerprint } = request;
  return db.transaction(async (tx) => {
    const taken = await tx.query(take, [scope, key, fingerprint]);
    if (taken.length === 0) return replay(tx, { scope, key, fingerprint });
    crashPoint("idempotency.after-take");
    const reply = await work(tx);
    crashPoint("idempotency.before-keep");
    const { status, headers = {}, body } = reply;
    tx.send(keep, [
      scope,
      key,
      status,
      JSON.stringify(headers),
      body === undefined ? null : JSON.stringify(body),
    ]);
    return reply;
  });
}

/** A second statement, because the one that did not insert could not see the row it met. */
async function replay(tx: Tx, request: Once): Promise<Reply> {
  const [kept] = await tx.query<KeptReply>(recall, [
    request.scope,
    request.key,
  ]);
  if (!kept) throw new Error("An idempotency key vanished while it was read.");
  return answerAgain(kept, request.fingerprint);
}

/** The kept reply for the same request; a refusal when the key was used for another. */
export function answerAgain(kept: KeptReply, fingerprint: string): Reply {
  if (kept.fingerprint !== fingerprint) {
    throw new Refusal(
      "idempotency-key-reused",
      "This Idempotency-Key was used for another request.",
    );
  }
  return {
    status: kept.status,
    headers: { ...kept.headers, "idempotent-replayed": "true" },
    ...(kept.body !== null && { body: kept.body }),
  };
}

/** What makes a signed-in user's request for something the same one. */
export const onceOf = (
  request: {
    readonly user: { readonly id: string };
    readonly idempotencyKey: string | undefined;
    readonly rawBody: Buffer;
  },
  what: string,
): Once => ({
  scope: `${request.user.id} ${what}`,
  key: request.idempotencyKey,
  fingerprint: fingerprintOf(request.rawBody),
});

export const fingerprintOf = (rawBody: Buffer): string =>
  hash("sha256", rawBody, "base64url");
