import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lackingIn, withoutRunbook } from "./runbooks.ts";
import { infra } from "./tools.ts";

const folder = join(infra, "prometheus/rules");
const rules = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), "utf8"))
  .join("\n");

it("leads from each alert to a runbook that says how to see, decide and repair", () => {
  expect(rules.split("- alert: ").length).toBeGreaterThan(20);
  expect(withoutRunbook(rules)).toEqual([]);
});

it("finds what a page lacks", () => {
  expect(lackingIn("docs/glossary.md")).toEqual(["See", "Decide", "Repair"]);
});

const alert = (runbook: string): string => `
      - alert: New
        expr: up == 0
        annotations:
          summary: "Something is new."
${runbook}`;

it.each([
  ["", "New names no runbook"],
  ["          runbook: later", "New names no runbook"],
  [
    "          runbook: docs/runbooks/none.md",
    "New: docs/runbooks/none.md is missing",
  ],
])("finds an alert with `%s`", (runbook, found) => {
  expect(withoutRunbook(rules + alert(runbook) + "\n")).toEqual([found]);
});
