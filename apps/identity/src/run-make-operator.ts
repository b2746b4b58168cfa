import { parseArgs } from "node:util";
import { openDatabase } from "@cartwright/database/open-database";
import { operatorReason } from "@cartwright/http/operator-reason";
import { Refusal } from "@cartwright/kernel/refusal";
import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import { serviceConfig } from "@cartwright/service/service-config";
import { makeOperator } from "./commands/assign-roles.ts";

type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
};

/** It cannot be understood what is asked for, or of which database. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

const usage = 'make-operator.js <email> --reason "…"';
const config = serviceConfig.pick({ DATABASE_URL: true });

/**
 * Makes somebody who has registered an operator, by identity's database alone: for the first one of a shop, when no operator
 * can be asked. The exit code: 0 done, 1 refused or no database, 2 not understood.
 */
export async function runMakeOperator(
  args: readonly string[],
  { environment, print, complain }: Surroundings,
): Promise<number> {
  try {
    const wish = wishOf(args);
    const { roles } = await makeIn(urlIn(environment), wish);
    print(
      `${wish.email} has the roles ${roles.join(", ")}, from the next login on.`,
    );
    return 0;
  } catch (error) {
    complain(sentenceOf(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function makeIn(
  url: string,
  wish: Parameters<typeof makeOperator>[1],
): ReturnType<typeof makeOperator> {
  const db = openDatabase({
    ...{ url, schema: "identity", maxConnections: 1 },
    applicationName: "make-operator",
  });
  try {
    return await makeOperator(db, wish);
  } finally {
    await db.stop?.();
  }
}

function wishOf(args: readonly string[]) {
  const { values, positionals } = parsed(args);
  const [email, ...others] = positionals;
  if (email === undefined || others.length > 0)
    throw new UsageError("Name one e-mail address, of who has registered.");
  if (values.reason === undefined)
    throw new UsageError('Say why with --reason "…": the audit keeps it.');
  const reason = operatorReason.safeParse(values.reason);
  if (reason.success) return { email, reason: reason.data };
  const [issue] = reason.error.issues;
  throw new UsageError(`--reason: ${issue?.message ?? "It is not accepted."}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { reason: { type: "string" } },
      allowPositionals: true,
    });
  } catch (error) {
    // Node adds advice about positionals, which helps nobody here.
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${sentence}.`);
  }
}

function urlIn(environment: Surroundings["environment"]): string {
  try {
    return parseConfig(config, environment).DATABASE_URL;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`${error.message} Type it where identity runs.`);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n${usage}`;
  if (error instanceof Refusal) return error.message;
  // Of several addresses that do not answer the message is empty.
  const { message, code } = error as { message?: string; code?: string };
  return `The database has not done it: ${message || (code ?? String(error))}`;
}
