import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestDatabase } from "@cartwright/testing/test-database";

export type RunningProvider = {
  readonly url: string;
  /** Money that moved there for a payment, in order. */
  movements(paymentId: string): Promise<string[]>;
  /** What it holds under a key; undefined when nothing. */
  statusOf(key: string): Promise<string | undefined>;
  stop(): Promise<void>;
};

const main = join(import.meta.dirname, "../../payment-provider/src/main.ts");

/** The simulated provider as it runs in production: a process of its own, on any free port. */
export async function runningProvider(
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProvider> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.open("payment-provider", 1).url,
      PORT: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await readyUrl(child.stdout);
  return {
    url,
    async movements(paymentId) {
      const response = await fetch(`${url}/ledger?limit=10000`);
      const { entries } = (await response.json()) as {
        entries: { reference: string; kind: string }[];
      };
      return entries
        .filter(({ reference }) => reference === paymentId)
        .map(({ kind }) => kind);
    },
    async statusOf(key) {
      const response = await fetch(`${url}/authorizations/${key}`);
      const { status } = (await response.json()) as { status: string };
      return response.ok ? status : undefined;
    },
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output });
  for await (const line of lines) {
    const { message, url } = JSON.parse(line) as {
      message: string;
      url?: string;
    };
    if (message === "ready" && url !== undefined) {
      output.resume();
      return url;
    }
  }
  throw new Error("The provider has ended before it was ready.");
}
