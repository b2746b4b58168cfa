import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { tmpdir } from "node:os";
import { images } from "../scripts/images/images.ts";
import { codeBlocks } from "./support/code-blocks.ts";
import { runShell } from "./support/shell.ts";

/** Whoever is called at night finds from each runbook how its commands are typed where the platform runs, and what they name is there. */
const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const page = read("docs/operations/commands.md");
const blocks = codeBlocks(page, "sh");
const runbooks = globSync("docs/runbooks/*.md", { cwd: root });

const block = (words: string): string => {
  const found = blocks.find((one) => one.includes(words));
  if (found === undefined) throw new Error(`The page has no ${words}.`);
  return found;
};

/** As GitHub names a heading. */
const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replaceAll(" ", "-"),
);

it.each(runbooks)("%s leads to how its commands are typed", (path) => {
  const links = [
    ...read(path).matchAll(
      /\]\(\.\.\/operations\/commands\.md(?:#([^)]+))?\)/g,
    ),
  ];
  expect(links.map(([, anchor]) => anchor)).toContain(undefined);
  const wrong = links.filter(
    ([, anchor]) => anchor && !anchors.includes(anchor),
  );
  expect(wrong.map(([link]) => link)).toEqual([]);
});

const [, services = ""] =
  /^services:\n(.*?)^networks:/ms.exec(read("docker-compose.yml")) ?? [];
const composed = [...services.matchAll(/^ {2}([\w-]+):$/gm)].map(
  ([, name = ""]) => name,
);

/** What follows a command of compose's: options, then services, then what one of them is to do. */
const composeCommand =
  /docker compose (?:stop|restart|exec|logs|run|ps)((?: --?[\w-]+(?: \d+)?)*)((?: [a-z][\w-]*)*)/g;

const namedForCompose = [...page.matchAll(composeCommand)].flatMap(
  ([command, , names = ""]) => {
    const [first = "", ...further] = names.trim().split(" ");
    return / (?:exec|run) /.test(command) ? [first] : [first, ...further];
  },
);

it("names services that compose has, and forgets none that writes", () => {
  expect(namedForCompose.length).toBeGreaterThan(10);
  expect(namedForCompose.filter((name) => !composed.includes(name))).toEqual(
    [],
  );
  const [, stopped = ""] =
    /docker compose stop (.*)/.exec(block("compose stop")) ?? [];
  const writing = images.filter(
    ({ kind, name }) => kind === "service" && name !== "all-in-one",
  );
  expect(stopped.split(" ").sort()).toEqual(
    writing.map(({ name }) => name).sort(),
  );
});

const [, deployed = ""] =
  /^services:\n(.*?)^secrets:/ms.exec(read("helm/cartwright/values.yaml")) ??
  [];
const inTheChart = [
  ...[...deployed.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = ""]) => name),
  ...globSync("helm/cartwright/templates/*.yaml", { cwd: root }).map((path) =>
    basename(path, ".yaml").replace(/-job$/, ""),
  ),
];

it("names what the chart makes", () => {
  const parts = [
    ...page.matchAll(
      /(?:(?:deployment|service|job)\/cartwright-|component=)([\w-]+)/g,
    ),
    ...(/notin \(([^)]+)\)/.exec(page)?.[1] ?? "").matchAll(/([\w-]+)/g),
  ].map(([, name = ""]) => name);
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.filter((name) => !inTheChart.includes(name))).toEqual([]);
});

it("types nothing that a shell does not understand", async () => {
  expect(blocks.length).toBeGreaterThan(15);
  for (const script of blocks) {
    const check = `bash -n <<'PAGE'\n${script}\nPAGE\n`;
    const { status, output } = await runShell(check, {});
    expect([script, status, output]).toEqual([script, 0, ""]);
  }
});

/** Says what it was asked for, and of deployments what a cluster would. */
const recordingKubectl = `kubectl() {
  echo "$*" >> asked.txt
  case "$*" in *jsonpath*) printf 'cartwright-gateway 2\\ncartwright-order 3\\n' ;; esac
}`;

it("starts in a cluster as many pods as it has stopped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-commands-"));
  try {
    const script = [
      recordingKubectl,
      block("--replicas=0"),
      "echo started >> asked.txt",
      block("done < replicas.txt"),
    ].join("\n");
    const { status } = await runShell(`set -eu\n${script}`, {}, folder);
    const asked = readFileSync(join(folder, "asked.txt"), "utf8");
    const [stopping = "", starting = ""] = asked.split("started\n");
    expect(status).toBe(0);
    expect(stopping).toMatch(/scale deployments -l .* --replicas=0\n/);
    expect(starting).toContain(
      "-n shop scale deployment cartwright-gateway --replicas=2\n" +
        "-n shop scale deployment cartwright-order --replicas=3\n",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
