import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * `node scripts/images/generate-env.mjs [NAME=value...] > .env`: what `.env.example` lists, with new secrets. Needs Node
 * and nothing installed. A NAME that is given keeps its value; the roles' passwords follow from the administrator's,
 * as the migrations derive them; what the profile full has beside the platform is used where it is asked for.
 */
const secret = () => randomBytes(24).toString("hex");
const given = Object.fromEntries(
  process.argv.slice(2).map((argument) => {
    const [name, ...value] = argument.split("=");
    return [name, value.join("=")];
  }),
);
const hasAll = (given.COMPOSE_PROFILES ?? "").split(",").includes("full");
const ofFull = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
  SMTP_URL: "smtp://mail:1025",
};
const administrators = given.POSTGRES_PASSWORD ?? secret();
const rolePassword = (role) =>
  createHmac("sha256", administrators)
    .update(`role ${role}`)
    .digest("hex")
    .slice(0, 40);

/** Windows does not number its users; Docker's machine there lets everybody write. */
function whoever() {
  return process.getuid ? `${process.getuid()}:${process.getgid()}` : "";
}

function valueOf(name, example) {
  if (name in given) return given[name];
  if (example !== "") return example;
  if (hasAll && name in ofFull) return ofFull[name];
  if (name === "POSTGRES_PASSWORD") return administrators;
  if (name === "DEVELOPER") return whoever();
  if (name === "PROVIDER_WEBHOOK_SECRET")
    return `whsec_${randomBytes(24).toString("base64")}`;
  const [, role] = /^(.+)_DATABASE_PASSWORD$/.exec(name) ?? [];
  if (role) return rolePassword(role.toLowerCase());
  return /_(PASSWORD|SECRET)$/.test(name) ? secret() : "";
}

const example = readFileSync(
  new URL("../../.env.example", import.meta.url),
  "utf8",
);
const names = [...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
const unknown = Object.keys(given).filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`.env.example does not list ${unknown.join(", ")}.`);
  process.exit(1);
}
process.stdout.write(
  example.replace(
    /^(\w+)=(.*)$/gm,
    (_, name, value) => `${name}=${valueOf(name, value)}`,
  ),
);
