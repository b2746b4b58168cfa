import type { Command, Input } from "./command.ts";
import { archiveCommand } from "./commands/archive.ts";
import { auditCommand } from "./commands/audit.ts";
import { dlqCommands } from "./commands/dlq.ts";
import { keyCommands } from "./commands/keys.ts";
import { outboxCommands } from "./commands/outbox.ts";
import { reconcileCommands } from "./commands/reconcile.ts";
import { sagaCommands } from "./commands/sagas.ts";
import { userCommands } from "./commands/users.ts";
import { CommandFailed, UsageError } from "./failures.ts";
import { everywhere, parse, type Options } from "./options.ts";
import { signIn, type Environment } from "./sign-in.ts";
import { isGroup, usage } from "./usage.ts";

type Surroundings = {
  readonly environment: Environment;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
};

const commands: readonly Command[] = [
  ...sagaCommands,
  ...dlqCommands,
  ...outboxCommands,
  archiveCommand,
  ...reconcileCommands,
  ...keyCommands,
  ...userCommands,
  auditCommand,
];

/** Runs one command; the exit code: 0 done, 1 refused or unreachable, 2 not understood. */
export async function runCli(
  args: readonly string[],
  { environment, print, complain }: Surroundings,
): Promise<number> {
  try {
    const { options, words } = parse(args);
    if (options.help || words.length === 0 || isGroup(commands, words)) {
      print(usage(commands, words));
      return 0;
    }
    const { command, ...operands } = commandOf(words);
    refuseStrangers(command, options);
    const { data, text } =
      "offline" in command
        ? await command.offline({ options, environment })
        : await command.run({
            ...{ options, ...operands },
            api: await signIn(options, environment),
          });
    print(options.json ? JSON.stringify(data, undefined, 2) : text);
    return 0;
  } catch (error) {
    if (error instanceof CommandFailed) {
      complain(error.message);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    complain(`${error.message}\n\`npm run ops -- --help\` lists the commands.`);
    return 2;
  }
}

type Operands = Pick<Input, "argument" | "second">;

function commandOf(
  words: readonly string[],
): Operands & { readonly command: Command } {
  const command = commands.find(({ name }) =>
    `${words.join(" ")} `.startsWith(`${name} `),
  );
  if (command === undefined)
    throw new UsageError(`There is no command ${words.join(" ")}.`);
  const rest = words.slice(command.name.split(" ").length);
  const { name, argument, second } = command;
  const wanted = [argument, second].filter((one) => one !== undefined);
  if (rest.length > wanted.length)
    throw new UsageError(
      `${name} does not take ${rest.slice(wanted.length).join(" ")}.`,
    );
  const missing = wanted.find((_, at) => !rest[at]);
  if (missing !== undefined && !command.isArgumentOptional)
    throw new UsageError(`${name} needs a <${missing}>.`);
  return { command, argument: rest[0] ?? "", second: rest[1] ?? "" };
}

function refuseStrangers(command: Command, options: Options): void {
  const own = new Set<string>([...everywhere, ...command.options]);
  const stranger = Object.keys(options).find((name) => !own.has(name));
  if (stranger === undefined) return;
  const list = command.options.map((name) => `--${name}`).join(", ");
  throw new UsageError(
    `${command.name} takes no --${stranger}${list ? `; it takes ${list}` : ""}.`,
  );
}
