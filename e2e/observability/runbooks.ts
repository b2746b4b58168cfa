import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.ts";

const sections = ["See", "Decide", "Repair"];

/** Alerts that leave whoever is called without one, and what their runbook lacks. */
export function withoutRunbook(rules: string): string[] {
  const [, ...alerts] = rules.split(/^ *- alert: /m);
  return alerts.flatMap((text) => {
    const name = /^\w+/.exec(text)?.[0] ?? "?";
    const path = /^ +runbook: (docs\/runbooks\/\S+\.md)$/m.exec(text)?.[1];
    if (path === undefined) return [`${name} names no runbook`];
    if (!existsSync(join(root, path))) return [`${name}: ${path} is missing`];
    return lackingIn(path).map(
      (section) => `${name}: ${path} lacks ${section}`,
    );
  });
}

/** How one sees what it is, decides, and repairs; the last two may be one table. */
export function lackingIn(path: string): string[] {
  const page = readFileSync(join(root, path), "utf8");
  const headings = [...page.matchAll(/^## (.+)$/gm)].flatMap(([, title = ""]) =>
    title.toLowerCase().split(" and "),
  );
  return sections.filter((one) => !headings.includes(one.toLowerCase()));
}
