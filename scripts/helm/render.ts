import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chart, run, tool } from "./tools.ts";

/** One object as the chart makes it. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
};

/** A way to install the chart: values files, and the kinds that the cluster serves besides Kubernetes' own. */
export type Installation = {
  readonly name: string;
  readonly values: readonly string[];
  /** Values that stand in no file of the chart, as YAML. */
  readonly more?: () => string;
  readonly apis: readonly string[];
};

export const kubernetesVersion = "1.34.4";

/** What helm says to a command about an installation. */
export const helmAbout = (
  { values, more }: Installation,
  ...args: readonly string[]
): string =>
  run(
    tool("helm"),
    [
      ...[...args, "--kube-version", kubernetesVersion],
      ...values.flatMap((file) => ["--values", join(chart, file)]),
      ...["--values", "-"],
    ],
    { input: more?.() ?? "{}" },
  );

/** What `helm install` would send, as YAML. */
export const renderText = (installation: Installation): string =>
  helmAbout(
    installation,
    ...["template", "cartwright", chart, "--namespace", "shop"],
    ...installation.apis.flatMap((api) => ["--api-versions", api]),
  );

/** The same, parsed: by Helm, so that no other parser has to agree with it. */
export function parse(text: string): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-chart-"));
  const file = join(folder, "manifests.yaml");
  try {
    writeFileSync(file, text);
    const converter = join(import.meta.dirname, "as-json");
    const said = run(tool("helm"), [
      ...["template", "as-json", converter],
      ...["--set-file", `manifests=${file}`],
    ]);
    return said
      .split("\n")
      .filter((line) => line.startsWith("  - "))
      .map((line) => JSON.parse(line.slice(4)) as Manifest);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
