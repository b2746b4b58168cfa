import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePorts } from "@cartwright/testing/free-ports";
import { untilReady } from "./until-ready.ts";

export type Started = {
  /** Of the gateway. */
  readonly url: string;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
};

type Environment = Readonly<Record<string, string>>;

/** What a platform in this folder is told: ports that are free, and data of its own. */
export async function environmentOn(folder: string): Promise<Environment> {
  const port = await freePorts(3);
  return {
    PORT: String(port),
    POSTGRES_PORT: String(port + 1),
    PROVIDER_PORT: String(port + 2),
    DATA_FOLDER: join(folder, ".data"),
  };
}

/** `npm start` in a folder, until it is ready. */
export async function startByNpm(
  folder: string,
  environment: Environment,
): Promise<Started> {
  const url = `http://localhost:${environment["PORT"] ?? "8080"}`;
  const { output, ended, stop } = npmStart(folder, environment);
  const fail = (sentence: string): never => {
    throw new Error(`It ${sentence}.`);
  };
  try {
    await untilReady(url, { ended, fail });
  } catch (error) {
    await stop();
    const said = `npm start does not come to be ready:\n${output()}`;
    throw new Error(said, { cause: error });
  }
  return { url, stop };
}

function npmStart(folder: string, environment: Environment) {
  const { PATH, HOME, LANG } = process.env;
  const child = spawn("npm", ["start"], {
    cwd: folder,
    env: { PATH, HOME, LANG, ...environment },
    detached: true, // a group of its own: npm and all that npm starts
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: string) => (output += text);
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const interrupt = () => {
    if (child.pid !== undefined && child.exitCode === null)
      process.kill(-child.pid, "SIGINT");
  };
  // Whatever becomes of us, it does not go on alone.
  process.once("exit", interrupt);
  const ended = once(child, "close");
  return {
    output: () => output,
    ended,
    async stop() {
      process.removeListener("exit", interrupt);
      interrupt();
      await ended;
    },
  };
}
