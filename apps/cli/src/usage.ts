import type { Command } from "./command.ts";

/** The commands that begin with these words; all where there is none such, or no word. */
export const usage = (
  commands: readonly Command[],
  words: readonly string[],
): string =>
  [
    "npm run ops -- <command>",
    "",
    ...commandsOf(commands, words).map(described),
    "",
    "Everywhere: --json, --url (or CARTWRIGHT_URL; http://localhost:8080), --token (or CARTWRIGHT_TOKEN,",
    "or CARTWRIGHT_EMAIL and CARTWRIGHT_PASSWORD).",
  ].join("\n");

/** As many of the words as name something: `sagas retry 1` is about retrying, `sagas` about all that has to do with them. */
function commandsOf(
  commands: readonly Command[],
  words: readonly string[],
): readonly Command[] {
  for (let count = words.length; count > 0; count -= 1) {
    const begun = `${words.slice(0, count).join(" ")} `;
    const found = commands.filter(({ name }) => `${name} `.startsWith(begun));
    if (found.length > 0) return found;
  }
  return commands;
}

/** Whether the words name several commands and none of them. */
export const isGroup = (
  commands: readonly Command[],
  words: readonly string[],
): boolean =>
  commands.some(({ name }) => name.startsWith(`${words.join(" ")} `)) &&
  !commands.some(({ name }) => name === words.join(" "));

function described(command: Command): string {
  const { name, argument, second, isArgumentOptional, summary } = command;
  const word =
    argument && (isArgumentOptional ? `[${argument}]` : `<${argument}>`);
  const after = second && `<${second}>`;
  const options = command.options.map((option) => `--${option}`).join(" ");
  return `  ${[name, word, after, options].filter(Boolean).join(" ")}\n      ${summary}`;
}
