import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolePasswords } from "./role-passwords.ts";
import { rolePassword } from "./role-url.ts";

const admin = "postgresql://postgres:top-secret@db.example/shop";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-roles-"));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), text);
  return folder;
}

describe("the passwords of the roles", () => {
  it("are derived from the administrator's unless there are others", () => {
    expect(rolePasswords(admin)("order")).toBe(rolePassword(admin, "order"));
  });

  it("lie in files of a folder, where somebody has put them", () => {
    const passwords = rolePasswords(admin, folderWith({ order: "given\n" }));
    expect(passwords("order")).toBe("given");
    expect(passwords("payment")).toBe(rolePassword(admin, "payment"));
  });

  it("are never empty, nor looked for in a folder that is not there", () => {
    const passwords = rolePasswords(admin, folderWith({ order: "" }));
    expect(() => passwords("order")).toThrow("empty");
    expect(() => rolePasswords(admin, "/no/such/folder")).toThrow("no folder");
  });
});
