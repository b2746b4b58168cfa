import { createHash, createHmac, randomBytes } from "node:crypto";

export const newRefreshToken = (): string =>
  randomBytes(32).toString("base64url");

export const newSessionSecret = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(randomBytes(32));

/** Derived, so that the same successor can be told twice although only its hash is kept. */
export const successorOf = (token: string, secret: Uint8Array): string =>
  createHmac("sha256", secret).update(token).digest("base64url");

/** Enough for a token of 256 random bits; passwords need argon2. */
export const hashOf = (token: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash("sha256").update(token).digest());
