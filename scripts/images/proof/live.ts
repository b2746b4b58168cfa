import { checkGone, checkRunning, checkStopped } from "./check-containers.ts";
import type { Compose } from "./compose.ts";
import { placeOrder } from "./place-order.ts";
import { say, unlessInterrupted } from "./shell.ts";

type Trial = {
  readonly compose: Compose;
  readonly project: string;
  /** Of the gateway, on this machine. */
  readonly port: number;
};

/** Brings a project up, orders in it, and takes it down again: by itself, and without a trace. */
export async function live(trial: Trial): Promise<void> {
  const { compose, project } = trial;
  try {
    await unlessInterrupted(used(trial));
  } catch (error) {
    console.error(await compose(["logs", "--tail", "20"]).catch(String));
    throw error;
  } finally {
    await compose(["--profile", "*", "down", "--volumes"]);
  }
  await checkGone(project);
  say("Nothing is left of it");
}

async function used({ compose, project, port }: Trial): Promise<void> {
  const asMade = ["--no-build", "--pull", "never"];
  await compose(["up", "--wait", "--wait-timeout", "240", ...asMade], {
    shown: true,
  });
  const status = await placeOrder(`http://127.0.0.1:${port}/api/v1`);
  say(`The order is ${status}`);
  const services = await checkRunning(project);
  say(`Healthy, not root and unable to write: ${services} of ours`);
  await compose(["stop"]);
  await checkStopped(project);
  say("All stopped by themselves");
}
