import { argon2Passwords } from "./passwords.ts";

const passwords = argon2Passwords();

describe("passwords", () => {
  it("are kept as argon2id hashes of the strength that OWASP asks for", async () => {
    const hash = await passwords.hash("correct horse");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("match their own hash only", async () => {
    const hash = await passwords.hash("correct horse");

    expect(await passwords.match("correct horse", hash)).toBe(true);
    expect(await passwords.match("correct house", hash)).toBe(false);
  });

  it("of a user who does not exist match nothing", async () => {
    expect(await passwords.match("anything", undefined)).toBe(false);
  });
});
