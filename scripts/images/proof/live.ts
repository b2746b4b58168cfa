import { checkGone, checkRunning, checkStopped } from "./check-containers.ts";
import type { Compose } from "./compose.ts";
import { placeOrder } from "./place-order.ts";
import { say, unlessInterrupted } from "./shell.ts";

export type Trial = {
  readonly compose: Compose;
  readonly project: string;
  /** Where the gateway answers. */
  readonly api: string;
};

/** Brings a project up, uses it, has everything stop by itself, and takes it down again, without a trace. */
export async function live(
  trial: Trial,
  use: (trial: Trial) => Promise<void>,
): Promise<void> {
  const { compose, project } = trial;
  try {
    await unlessInterrupted(fromUpToStop(trial, use));
  } catch (error) {
    console.error(await compose(["logs", "--tail", "20"]).catch(String));
    throw error;
  } finally {
    await compose(["--profile", "*", "down", "--volumes"]);
  }
  await checkGone(project);
  say("Nothing is left of it");
}

async function fromUpToStop(
  trial: Trial,
  use: (trial: Trial) => Promise<void>,
): Promise<void> {
  const { compose, project } = trial;
  const asMade = ["--no-build", "--pull", "never"];
  await compose(["up", "--wait", "--wait-timeout", "240", ...asMade], {
    shown: true,
  });
  await use(trial);
  await compose(["stop"]);
  await checkStopped(project);
  say("All stopped by themselves");
}

/** As in production: has an order placed, and looks at every container. */
export async function inProduction({ project, api }: Trial): Promise<void> {
  await placeOrder(api);
  const services = await checkRunning(project);
  say(`Healthy, not root and unable to write: ${services} of ours`);
}
