import { createHmac } from "node:crypto";

/** The database schema, and the role that owns its rows, of a service. */
export const schemaOf = (service: string): string =>
  service.replaceAll("-", "_");

/** A role's password, derived from the administrator's, so that there is one secret to keep. */
export function rolePassword(adminUrl: string, role: string): string {
  const secret = decodeURIComponent(new URL(adminUrl).password);
  if (secret === "") {
    throw new Error(
      "The administrator's connection string has no password to derive others from.",
    );
  }
  return createHmac("sha256", secret)
    .update(`role ${role}`)
    .digest("hex")
    .slice(0, 40);
}

/** The administrator's connection string, as one of the roles that `migrate` creates. */
export function roleUrl(
  adminUrl: string,
  role: string,
  password = rolePassword(adminUrl, role),
): string {
  const url = new URL(adminUrl);
  url.password = password;
  url.username = role;
  return url.toString();
}
