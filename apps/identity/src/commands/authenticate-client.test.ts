import { authenticateClient } from "./authenticate-client.ts";

const authenticate = authenticateClient("a long shared secret");

const credentials = (overrides: object = {}) => ({
  clientId: "notification",
  clientSecret: "a long shared secret",
  scopes: undefined,
  ...overrides,
});

const refusalOf = (overrides: object): unknown => {
  try {
    return authenticate(credentials(overrides));
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("a service that wants a token", () => {
  it("gets one with all that services may do unless it asks for less", () => {
    expect(authenticate(credentials())).toEqual({
      id: "notification",
      roles: ["service"],
      scopes: ["contacts.read", "parked.read"],
    });
  });

  it("is refused with another secret, or when it is none of ours", () => {
    expect(refusalOf({ clientSecret: "a guess" })).toBe("invalid-client");
    expect(refusalOf({ clientId: "mallory" })).toBe("invalid-client");
  });

  it("is refused what services may not do", () => {
    const scopes = ["contacts.read", "users.write"];
    expect(refusalOf({ scopes })).toBe("invalid-scope");
  });
});
