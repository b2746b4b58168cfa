import type { Api } from "./api.ts";
import { UsageError } from "./failures.ts";
import type { OptionName, Options } from "./options.ts";
import type { Environment } from "./sign-in.ts";

/** What a command is given once its words and options are known to be its own. */
export type Input = {
  readonly api: Api;
  readonly options: Options;
  /** The word behind the command; empty where it takes none. */
  readonly argument: string;
  /** The word behind that one; empty likewise. */
  readonly second: string;
};

/** What a command came to: as data for `--json`, and as text for people. */
export type Result = { readonly data: unknown; readonly text: string };

type Described = {
  /** As it is typed, without options. */
  readonly name: string;
  /** What the word behind it stands for; absent when there is none. */
  readonly argument?: string;
  readonly isArgumentOptional?: true;
  /** What a second word stands for, which is then needed too. */
  readonly second?: string;
  readonly options: readonly OptionName[];
  readonly summary: string;
};

/** Asks the platform's API, as whoever has logged in. */
export type ApiCommand = Described & {
  readonly run: (input: Input) => Promise<Result>;
};

/** Where no service answers: for whoever has the keys to database and brokers. */
export type OfflineCommand = Described & {
  readonly offline: (input: {
    readonly options: Options;
    readonly environment: Environment;
  }) => Promise<Result>;
};

export type Command = ApiCommand | OfflineCommand;

/** Why the operator acts; the platform keeps it with what was done. */
export function reasonOf({ reason }: Options): string {
  if (reason !== undefined) return reason;
  throw new UsageError(
    'Say why with --reason "…": the audit keeps it with what you do.',
  );
}
