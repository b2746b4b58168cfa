import type { Request } from "express";

/** Headers by which other systems say who calls; here only the token does. */
const IDENTITY =
  /^x-(user|auth|authenticated|role|scope|tenant|customer|account|client|remote-user|forwarded-(user|email|groups|preferred-username)|internal|service)/;

/** Removes what a caller might pass for somebody else's word, and what concerns this connection alone. */
export function stripIdentity({ headers }: Request): void {
  for (const name in headers) {
    if (name.charCodeAt(0) === LETTER_X && IDENTITY.test(name)) {
      Reflect.deleteProperty(headers, name);
    }
  }
  delete headers.connection;
}

const LETTER_X = "x".charCodeAt(0);
