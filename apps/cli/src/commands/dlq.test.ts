import type { Api } from "../api.ts";
import { dlqCommands } from "./dlq.ts";

/** What `dlq requeue` says where the service answers so. */
async function said(answer: object): Promise<string> {
  const requeue = dlqCommands.find(({ name }) => name === "dlq requeue");
  const post = () => Promise.resolve({ dropped: 0, stopped: [], ...answer });
  const { text } = (await requeue?.run({
    api: { post } as unknown as Api,
    argument: "",
    second: "",
    options: { service: "payment", cause: "handler-failed", reason: "mended" },
  })) ?? { text: "" };
  return text;
}

const failed = { id: 7, reason: "handler-failed", detail: "TypeError: x" };

it.each([
  ["nothing more when nothing is left", { handled: 3, remaining: 0 }, []],
  [
    "how many are left when one request was not enough",
    { handled: 1_000, remaining: 12 },
    ["12 still wait; requeue again to go on."],
  ],
  [
    "which have stopped, when these alone are left",
    { handled: 2, stopped: [failed], remaining: 1 },
    ["  7 handler-failed: TypeError: x", "1 still wait."],
  ],
])("says %s", async (_, answer, lines) => {
  const [counts, ...rest] = (await said(answer)).split("\n");
  expect(counts).toContain(`${answer.handled} handled, 0 dropped`);
  expect(rest).toEqual(lines);
});
