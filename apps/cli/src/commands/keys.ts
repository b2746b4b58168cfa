import {
  reasonOf,
  type ApiCommand,
  type Input,
  type Result,
} from "../command.ts";
import { table } from "../table.ts";

type Key = {
  readonly kid: string;
  readonly status: "next" | "active" | "retired";
  readonly since: string;
  readonly waitsUntil?: string;
};
type Keys = { readonly items: readonly Key[] };

const path = "/operations/identity/signing-keys";

/** The longer names first. */
export const keyCommands: readonly ApiCommand[] = [
  {
    ...{ name: "keys prepare", options: ["reason"] },
    summary: "Make a key that is published and does not sign tokens yet",
    run: async ({ api, options }) =>
      said(await api.post<Keys>(path, { reason: reasonOf(options) })),
  },
  {
    ...{ name: "keys activate", options: ["at-once", "reason"] },
    summary: "Let it sign, once everybody knows it; --at-once after a theft",
    run: (input) => step("activation", input),
  },
  {
    ...{ name: "keys remove", options: ["at-once", "reason"] },
    summary:
      "Remove those that sign no more, once their tokens are past; --at-once after a theft",
    run: (input) => step("removal", input),
  },
  {
    ...{ name: "keys", options: [] },
    summary: "The keys that identity signs tokens with",
    run: async ({ api }) => said(await api.get<Keys>(path)),
  },
];

const step = async (name: string, { api, options }: Input): Promise<Result> =>
  said(
    await api.post<Keys>(`${path}/${name}`, {
      reason: reasonOf(options),
      atOnce: options["at-once"] ?? false,
    }),
  );

function said(keys: Keys): Result {
  const rows = keys.items.map(({ kid, status, since, waitsUntil }) => [
    ...[kid, status, since, waitsUntil],
  ]);
  const head = ["kid", "status", "since", "waits until"];
  return { data: keys, text: table(head, rows) };
}
