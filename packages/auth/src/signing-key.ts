import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";

/** An RSA key that signs tokens, known to verifiers by `kid`. */
export type SigningKey = {
  readonly kid: string;
  readonly privateKey: KeyObject;
};

const MODULUS_BITS = 2_048;

export async function newSigningKey(): Promise<SigningKey> {
  const generate = promisify(generateKeyPair);
  const { privateKey } = await generate("rsa", { modulusLength: MODULUS_BITS });
  return signingKey(privateKey);
}

/** The key as text to be stored in a secret place. */
export const toPem = ({ privateKey }: SigningKey): string =>
  privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export const fromPem = (pem: string): SigningKey =>
  signingKey(createPrivateKey(pem));

/** The public half as a JSON Web Key. */
export function toJwk({
  privateKey,
}: Pick<SigningKey, "privateKey">): JsonWebKey {
  return createPublicKey(privateKey).export({ format: "jwk" });
}

function signingKey(privateKey: KeyObject): SigningKey {
  return { kid: thumbprint(toJwk({ privateKey })), privateKey };
}

/** RFC 7638: the same key has the same id wherever it is loaded. */
const thumbprint = ({ e, kty, n }: JsonWebKey): string =>
  createHash("sha256")
    .update(JSON.stringify({ e, kty, n }))
    .digest("base64url");
