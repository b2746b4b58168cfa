import {
  reasonOf,
  type ApiCommand,
  type Input,
  type Result,
} from "../command.ts";
import { facts } from "../table.ts";

type User = {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly createdAt: string;
};

const path = "/operations/identity/roles";
const assignment = {
  ...{ argument: "email", second: "role" },
  options: ["reason"],
} as const;

export const userCommands: readonly ApiCommand[] = [
  {
    ...{ name: "users grant", ...assignment },
    summary:
      "Give somebody who has registered a role: customer, staff or operator",
    run: (input) =>
      change(path, input, "This counts from the next login or refresh on."),
  },
  {
    ...{ name: "users revoke", ...assignment },
    summary: "Take a role away again; ends all sessions of the user",
    run: (input) =>
      change(
        `${path}/removal`,
        input,
        "All sessions have ended; a token that was made before is good for ten minutes at most.",
      ),
  },
  {
    ...{ name: "users show", argument: "email", options: [] },
    summary: "Who has registered an address, and with which roles",
    run: async ({ api, argument: email }) =>
      said(await api.get<User>(path, { email })),
  },
];

async function change(
  at: string,
  { api, options, argument: email, second: role }: Input,
  consequence: string,
): Promise<Result> {
  const reason = reasonOf(options);
  const user = await api.post<User>(at, { email, role, reason });
  const { data, text } = said(user);
  return { data, text: `${text}\n\n${consequence}` };
}

const said = (user: User): Result => {
  const { userId, email, name, roles, createdAt } = user;
  const text = facts({
    ...{ user: userId, email, name },
    ...{ roles: roles.join(", "), registered: createdAt },
  });
  return { data: user, text };
};
