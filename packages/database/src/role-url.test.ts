import { rolePassword, roleUrl, schemaOf } from "./role-url.ts";

const admin =
  "postgresql://postgres:top-secret@db.example:5433/shop?sslmode=require";

describe("the connection string of a role", () => {
  it("leads to the same database, with the role's own password", () => {
    const url = new URL(roleUrl(admin, "order"));
    expect(url.username).toBe("order");
    expect(url.password).toBe(rolePassword(admin, "order"));
    expect(`${url.host}${url.pathname}${url.search}`).toBe(
      "db.example:5433/shop?sslmode=require",
    );
  });

  it("gives away neither the administrator's password nor that of another role", () => {
    expect(roleUrl(admin, "order")).not.toContain("top-secret");
    expect(rolePassword(admin, "order")).not.toBe(
      rolePassword(admin, "payment"),
    );
  });

  it("cannot be derived where there is nothing to derive it from", () => {
    expect(() =>
      roleUrl("postgresql://postgres@db.example/shop", "order"),
    ).toThrow("no password");
  });

  it("names schemas without hyphens", () => {
    expect(schemaOf("payment-provider")).toBe("payment_provider");
  });
});
