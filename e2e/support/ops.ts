import { startProcess } from "./process.ts";

/** The demo shop's, which every start registers. */
export const demoOperator = {
  CARTWRIGHT_EMAIL: "operator@cartwright.example",
  CARTWRIGHT_PASSWORD: "demo-password",
};

export type Said = {
  readonly code: number | null;
  /** What was written to both streams. */
  readonly output: string;
};

/** Runs the operator's command line as its own process, as `npm run ops -- …` does. */
export async function ops(
  platform: { readonly url: string },
  ...args: readonly string[]
): Promise<Said> {
  const environment = { CARTWRIGHT_URL: platform.url, ...demoOperator };
  const main = startProcess("apps/cli/src/main.ts", environment, args);
  const code = await main.ended;
  return { code, output: main.output() };
}

/** The same with `--json`; throws what it said when it fails. */
export async function opsJson(
  platform: { readonly url: string },
  ...args: readonly string[]
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the API answers, read by assertions
): Promise<any> {
  const { code, output } = await ops(platform, ...args, "--json");
  if (code !== 0) throw new Error(`ops ${args.join(" ")}: ${output}`);
  return JSON.parse(output);
}
