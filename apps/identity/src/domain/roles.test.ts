import { newId } from "@cartwright/kernel/ids";
import { refuseFormer, withoutRole, withRole } from "./roles.ts";
import type { KnownUser, Role } from "./user.ts";

const somebody = (...roles: readonly Role[]): KnownUser => ({
  ...{ id: newId<"user">(), email: "ada@example.org", name: "Ada", roles },
  createdAt: new Date("2026-01-02T03:04:05Z"),
});
const refused = (code: string) => expect.objectContaining({ code });

it("adds a role to those that somebody has", () => {
  expect(withRole(somebody("customer"), "staff")).toEqual([
    "customer",
    "staff",
  ]);
});

it("gives nobody a role twice", () => {
  expect(() => withRole(somebody("customer", "staff"), "staff")).toThrow(
    refused("role-held"),
  );
});

it("takes one role and leaves the others", () => {
  const user = somebody("customer", "staff", "operator");
  expect(withoutRole(user, "staff", [user])).toEqual(["customer", "operator"]);
});

it("takes from nobody what they do not have", () => {
  expect(() => withoutRole(somebody("customer"), "operator", [])).toThrow(
    refused("role-not-held"),
  );
});

it("takes an operator's role while there is another one", () => {
  const [one, other] = [somebody("operator"), somebody("operator")];
  expect(withoutRole(one, "operator", [one, other])).toEqual([]);
});

it("leaves a shop its last operator", () => {
  const last = somebody("customer", "operator");
  expect(() => withoutRole(last, "operator", [last])).toThrow(
    refused("last-operator"),
  );
});

it("listens to operators, and to nobody who was one once", () => {
  const [one, other] = [somebody("operator"), somebody("operator")];
  expect(() => refuseFormer(one.id, [other, one])).not.toThrow();
  expect(() => refuseFormer(one.id, [other])).toThrow(refused("forbidden"));
});
