import { runCli } from "./cli.ts";

/** What the command line comes to, at a port where nothing answers. */
async function ops(line: string, environment: Record<string, string> = {}) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCli(line.split(" ").filter(Boolean), {
    environment: {
      CARTWRIGHT_URL: "http://127.0.0.1:1",
      CARTWRIGHT_TOKEN: "a-token",
      ...environment,
    },
    print: (text) => said.push(text),
    complain: (text) => complained.push(text),
  });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

it.each(["", "--help", "nothing -h"])(
  "lists its commands when asked %j",
  async (line) => {
    const { code, said } = await ops(line);
    expect(code).toBe(0);
    expect(said).toContain("sagas close <saga-id> --outcome --reason");
    expect(said).toContain("dlq requeue [service/id]");
    expect(said).toContain("users grant <email> <role> --reason");
  },
);

it.each(["sagas", "sagas --help"])("lists what %s can do", async (line) => {
  const { code, said } = await ops(line);
  expect(code).toBe(0);
  expect(said).toContain("sagas close <saga-id> --outcome --reason");
  expect(said).not.toContain("dlq");
});

it("lists the commands of dead letters, and explains one", async () => {
  expect((await ops("dlq")).said).toContain("dlq requeue [service/id]");
  const { said } = await ops("sagas retry 1 -h");
  expect(said).toContain("sagas retry <saga-id> --reason");
  expect(said).not.toContain("sagas skip");
});

it.each([
  ["sagas list --older-than soon", "--older-than soon is no duration"],
  ["audit --cursor 3", "A --cursor belongs to one --service."],
  ["sagas delete 1", "There is no command sagas delete 1."],
  ["sagalist", "There is no command sagalist."],
  ["sagas show", "sagas show needs a <saga-id>."],
  ["sagas show one two", "sagas show does not take two."],
  ["outbox payment", "outbox does not take payment."],
  ["outbox retry", "outbox retry needs a <service/id>."],
  ["outbox retry 12 --reason x", "12 names no message; one looks like"],
  ["outbox discard gateway/1 --reason x", "as `outbox failed` shows it"],
  ["outbox discard payment/1", 'Say why with --reason "…"'],
  ["outbox failed --cursor 3", "A --cursor belongs to one --service."],
  [
    "sagas retry 1 --status stuck",
    "sagas retry takes no --status; it takes --reason.",
  ],
  ["sagas show 1 --reason x", "sagas show takes no --reason."],
  ["sagas list --colour red", "Unknown option '--colour'."],
  ["sagas list --limit", "Option '--limit <value>' argument missing."],
  ["sagas retry 1", 'Say why with --reason "…"'],
  ["sagas close 1 --reason lost", "--outcome completed or --outcome"],
  ["sagas close 1 --outcome lost --reason x", "--outcome completed or"],
  ["dlq show 12", "12 names no message; one looks like payment/12"],
  ["dlq discard gateway/1 --reason x", "gateway/1 names no message"],
  ["dlq list --service billing", "There is no service billing. There are"],
  ["dlq list --cursor 3", "A --cursor belongs to one --service."],
  [
    "dlq requeue --reason x",
    "Name one message, as in `dlq requeue payment/12`",
  ],
  ["dlq requeue payment/1 --key x --reason y", "Name one message, as in"],
  ["dlq requeue --key x --reason y", "Name the --service"],
  ["archive republish --reason x", "Name the --key of the events, or the time"],
  ["archive republish --topic order-events --reason x", "Name the --key of"],
  ["archive republish --key x", 'Say why with --reason "…"'],
  ["archive republish --key x --limit all --reason y", "--limit all is no"],
  ["reconcile orders --reason x", "Name the file of what is lost with --jour"],
  [
    "reconcile cut --journal x --reason y",
    "Name the time of the backup, as in",
  ],
  ["reconcile cut --journal x --from noon --reason y", "Name the time of the"],
  ["reconcile cut --journal x --from 2026-01-01", 'Say why with --reason "…"'],
  [
    "reconcile cut --journal nofile --from 2026-01-01 --reason y",
    "The environment variable DATABASE_URL is missing.",
  ],
  ["keys activate", 'Say why with --reason "…"'],
  ["keys prepare --at-once --reason x", "keys prepare takes no --at-once"],
  ["keys rotate", "keys does not take rotate."],
  ["users grant", "users grant needs a <email>."],
  ["users grant a@b.c", "users grant needs a <role>."],
  ["users grant a@b.c staff now", "users grant does not take now."],
  ["users grant a@b.c staff", 'Say why with --reason "…"'],
  ["users revoke a@b.c", "users revoke needs a <role>."],
  ["users show", "users show needs a <email>."],
  ["users show a@b.c staff", "users show does not take staff."],
  ["users show a@b.c --reason x", "users show takes no --reason."],
  ["outbox --url localhost:8080", "localhost:8080 is no URL of the platform"],
])("does not understand: %s", async (line, sentence) => {
  const { code, said, complained } = await ops(line);
  expect(complained).toContain(sentence);
  expect(complained).toContain("npm run ops -- --help");
  expect([code, said]).toEqual([2, ""]);
});

it("asks who it is", async () => {
  const { code, complained } = await ops("outbox", { CARTWRIGHT_TOKEN: "" });
  expect(code).toBe(2);
  expect(complained).toContain("Say who you are");
});

it.each([
  ["2026-01-01", "they keep it for seven days"],
  ["2999-01-01", "No backup is made at 2999-01-01T00:00:00.000Z yet"],
])("cuts no topics by a backup of %s", async (time, sentence) => {
  const { code, complained } = await ops(
    `reconcile cut --journal nofile --from ${time} --reason restored`,
    {
      DATABASE_URL: "postgres://a:b@127.0.0.1:1/c",
      KAFKA_BROKERS: "127.0.0.1:1",
    },
  );
  expect(code).toBe(1);
  expect(complained).toContain(sentence);
});

it("says what to do when there is no platform", async () => {
  const { code, complained } = await ops("sagas list");
  expect(code).toBe(1);
  expect(complained).toContain("Nothing answers at http://127.0.0.1:1");
  expect(complained).toContain("npm start");
});
