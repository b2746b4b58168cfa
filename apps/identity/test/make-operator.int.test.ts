import { roleUrl } from "@cartwright/database/role-url";
import { anOperator } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { runMakeOperator } from "../src/run-make-operator.ts";
import { ada, anIdentityService, credentials } from "./support.ts";

let identity: TestService;
beforeAll(async () => {
  identity = await anIdentityService();
  await identity.request.post("/api/v1/auth/register").send(ada).expect(201);
});
afterAll(() => identity.stop());

const url = () => roleUrl(identity.database.adminUrl, "identity");
const because = ["--reason", "the first operator of this shop"];

/** What comes of it where identity runs, unless it is another environment. */
async function typed(
  args: readonly string[],
  environment: Record<string, string> = { DATABASE_URL: url() },
) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runMakeOperator(args, {
    environment,
    print: (text) => said.push(text),
    complain: (text) => complained.push(text),
  });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

it("makes an operator where there is none, once, and keeps why", async () => {
  const { code, said, complained } = await typed([
    ...["Ada@Example.org", ...because],
  ]);
  expect([code, complained]).toEqual([0, ""]);
  expect(said).toContain("customer, operator");

  const { body } = await identity.request
    .post("/api/v1/auth/login")
    .send(credentials);
  expect(body.user.roles).toEqual(["customer", "operator"]);
  const audit = await identity
    .as(anOperator())
    .get("/api/v1/operations/identity/audit");
  expect(audit.body.items).toMatchObject([
    {
      ...{ operator: "administrator", action: "roles.grant" },
      ...{ target: body.user.userId, reason: because[1] },
      after: { roles: ["customer", "operator"] },
    },
  ]);

  const again = await typed([ada.email, ...because]);
  expect(again.code).toBe(1);
  expect(again.complained).toContain("has the role operator already");
});

it("knows nobody who has not registered", async () => {
  const { code, complained } = await typed(["eve@example.org", ...because]);
  expect(code).toBe(1);
  expect(complained).toContain("Nobody has registered eve@example.org.");
});

it.each([
  [[], "Name one e-mail address"],
  [because, "Name one e-mail address"],
  [["ada@example.org", "operator", ...because], "Name one e-mail address"],
  [["ada@example.org"], "Say why with --reason"],
  [
    ["ada@example.org", "--reason", "so"],
    "--reason: Say why in 8 characters or more, for the audit.",
  ],
  [["ada@example.org", "--role", "staff"], "Unknown option '--role'."],
])("does not understand: %j", async (args, sentence) => {
  const { code, said, complained } = await typed(args);
  expect(complained).toContain(sentence);
  expect(complained).toContain("make-operator.js <email> --reason");
  expect([code, said]).toEqual([2, ""]);
});

it.each([
  [{}, "The environment variable DATABASE_URL is missing."],
  [{ DATABASE_URL: "identity" }, "DATABASE_URL is malformed"],
])("asks for the database: %j", async (environment, sentence) => {
  const args = [ada.email, ...because];
  const { code, complained } = await typed(args, environment);
  expect(complained).toContain(sentence);
  expect(code).toBe(2);
});

it("says so when the database does not answer", async () => {
  const nowhere = { DATABASE_URL: "postgres://identity:x@127.0.0.1:1/shop" };
  const { code, complained } = await typed([ada.email, ...because], nowhere);
  expect(complained).toContain("The database has not done it: connect ECONN");
  expect(code).toBe(1);
});
