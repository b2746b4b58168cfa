import type { z } from "zod";

/** One sentence for each environment variable that is missing or malformed. */
export class ConfigError extends Error {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(sentences.join("\n"));
    this.name = "ConfigError";
    this.sentences = sentences;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that the schema names, checked. An empty one counts as missing. */
export function parseConfig<Config extends z.ZodObject>(
  schema: Config,
  environment: Environment,
): z.output<Config> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [
      name,
      environment[name] || undefined,
    ]),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError([
    ...new Set(parsed.error.issues.map((issue) => sentence(issue, given))),
  ]);
}

/** As `parseConfig`, but a service cannot run without: it says why and exits. */
export function loadConfig<Config extends z.ZodObject>(
  schema: Config,
  environment: Environment = process.env,
): z.output<Config> {
  return orExit(() => parseConfig(schema, environment));
}

/** What `read` makes of the environment; when that cannot be, it says why and exits. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Names the variable, never its value: that may be a secret. */
function sentence(
  { path, message }: z.core.$ZodIssue,
  given: Environment,
): string {
  const name = String(path[0]);
  if (given[name] === undefined)
    return `The environment variable ${name} is missing.`;
  return `The environment variable ${name} is malformed: ${message}.`;
}
