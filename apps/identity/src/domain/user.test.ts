import { canonicalEmail, register } from "./user.ts";

describe("registering", () => {
  const now = new Date("2026-01-02T03:04:05Z");

  it("makes a customer of whoever registers", () => {
    const user = register(
      { email: "Ada@Example.org", name: "Ada", passwordHash: "hash" },
      now,
    );

    expect(user).toMatchObject({
      email: "ada@example.org",
      name: "Ada",
      roles: ["customer"],
      createdAt: now,
    });
  });

  it.each(["ada@example.org", " ADA@example.ORG ", "Ada@Example.org"])(
    "takes %j for the same address",
    (spelling) => {
      expect(canonicalEmail(spelling)).toBe("ada@example.org");
    },
  );
});
