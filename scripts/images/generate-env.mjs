import { createHmac, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

/**
 * `node scripts/images/generate-env.mjs [--file <path>] [NAME=value...]` writes `.env`: what `.env.example` lists, with new
 * secrets. What is there already stays, since the database was made with it, unless a NAME is given another value; what is
 * missing or empty is added. Needs Node and nothing installed. The roles' passwords follow from the administrator's, as the
 * migrations derive them; what the profile full has beside the platform is used where it is asked for.
 */
const root = join(import.meta.dirname, "../..");
const textOf = (name) => fs.readFileSync(join(root, name), "utf8");
const secret = () => randomBytes(24).toString("hex");
const { file, given } = asked(process.argv.slice(2));
const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
const kept = valuesIn(before);
const examples = valuesIn(textOf(".env.example"));
const ofFull = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
  SMTP_URL: "smtp://mail:1025",
  LOG_TAG: "cartwright",
};
refuseNonsense();

const profiles = given.COMPOSE_PROFILES ?? kept.COMPOSE_PROFILES ?? "";
const hasAll = profiles.split(",").includes("full");
const administrators =
  given.POSTGRES_PASSWORD || kept.POSTGRES_PASSWORD || secret();

const after = complete(before || textOf(".env.example")).replace(
  /^(\w+)=.*$/gm,
  (line, name) => {
    const next = given[name] ?? stay(name) ?? made(name);
    return next === valuesIn(line)[name] ? line : lineOf(name, next);
  },
);
write(after);
say(valuesIn(after));

/** The file, and what each name is given. */
function asked(words) {
  const elsewhere = words[0] === "--file";
  const settings = words.slice(elsewhere ? 2 : 0).map((word) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
    return name ? [name, value] : stop(`${word} is not NAME=value.`);
  });
  return {
    file: (elsewhere && words[1]) || join(root, ".env"),
    given: Object.fromEntries(settings),
  };
}

/** As compose reads them: quotes and what is said behind a value are no part of it. */
function valuesIn(text) {
  const lines = text.matchAll(
    /^(\w+)=(?:'(.*)'|"(.*)"|(.*?))(?:[ \t]+#.*)?[ \t\r]*$/gm,
  );
  return Object.fromEntries(
    [...lines].map(([, name, ...values]) => [name, values.find(Boolean) ?? ""]),
  );
}

function refuseNonsense() {
  const { dev, ino } = fs.fstatSync(1);
  const there = fs.existsSync(file) && fs.statSync(file);
  if (there && there.dev === dev && there.ino === ino)
    stop(`It writes ${file} by itself: leave "> ${file}" away.`);
  const read = ["docker-compose.yml", "docker-compose.dev.yml"].flatMap(
    (compose) => [...textOf(compose).matchAll(/\$\{(\w+)/g)],
  );
  const known = ["COMPOSE_PROFILES", ...read.map(([, name]) => name)];
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) stop(`No compose file reads ${unknown.join(", ")}.`);
  for (const [name, value] of Object.entries(given))
    if (/^POSTGRES_|_DATABASE_/.test(name) && (kept[name] || value) !== value)
      stop(`The database was made with the ${name} that ${file} has.`);
}

/** With a line for each name that has none yet. */
function complete(text) {
  const lacking = Object.keys({ ...examples, ...given }).filter(
    (name) => !(name in valuesIn(text)),
  );
  const lines = lacking.map((name) => `${name}=${examples[name] ?? ""}\n`);
  return [text.replace(/(?<!\n)$/, "\n"), ...lines].join("");
}

/** What the file or its example says; what was there for the profile full goes with it. */
function stay(name) {
  const value = kept[name] || examples[name];
  if (given.COMPOSE_PROFILES && !hasAll && value === ofFull[name]) return "";
  return value || undefined;
}

function made(name) {
  if (!(name in examples)) return "";
  if (hasAll && name in ofFull) return ofFull[name];
  if (name === "POSTGRES_PASSWORD") return administrators;
  // Windows does not number its users; Docker's machine there lets everybody write.
  if (name === "DEVELOPER")
    return process.getuid ? `${process.getuid()}:${process.getgid()}` : "";
  if (name === "PROVIDER_WEBHOOK_SECRET")
    return `whsec_${randomBytes(24).toString("base64")}`;
  const [, role] = /^(.+)_DATABASE_PASSWORD$/.exec(name) ?? [];
  if (role) return rolePassword(role.toLowerCase());
  return /_(PASSWORD|SECRET)$/.test(name) ? secret() : "";
}

function rolePassword(role) {
  return createHmac("sha256", administrators)
    .update(`role ${role}`)
    .digest("hex")
    .slice(0, 40);
}

/** In quotes where compose would make something else of it. */
function lineOf(name, value) {
  if (/^[\w@%+=:,./-]*$/.test(value)) return `${name}=${value}`;
  if (/['\n]/.test(value)) stop(`${name} has a quote or a new line in it.`);
  return `${name}='${value}'`;
}

/** At once, for its owner alone. */
function write(text) {
  fs.writeFileSync(`${file}.new`, text, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Names, never values. */
function say(values) {
  if (before === "") return console.log(`${file} is written. Keep it.`);
  const names = Object.keys(values);
  const added = names.filter((name) => !kept[name] && values[name]);
  const changed = names.filter(
    (name) => kept[name] && values[name] !== kept[name],
  );
  console.log(
    [
      `${file} keeps what it had`,
      added.length > 0 && `added: ${added.join(", ")}`,
      changed.length > 0 && `changed: ${changed.join(", ")}`,
    ]
      .filter(Boolean)
      .join("; "),
  );
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
