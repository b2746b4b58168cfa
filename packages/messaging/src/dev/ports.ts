import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Duration } from "@cartwright/kernel/duration";

export async function refuseTakenPort(
  port: number,
  whose: string,
): Promise<void> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    throw new Error(`Port ${port} is taken, and ${whose} needs it.`);
  } finally {
    probe.close();
  }
}

export async function untilItAnswers(
  port: number,
  within: Duration,
): Promise<void> {
  const end = performance.now() + within;
  while (!(await answers(port))) {
    if (performance.now() > end)
      throw new Error(
        `Nothing answers on port ${port} after ${within / 1_000} s.`,
      );
    await sleep(100);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
