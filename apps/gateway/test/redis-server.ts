import { eventually } from "@cartwright/testing/eventually";
import { execFileSync, spawn } from "node:child_process";
import { connect } from "node:net";
import { once } from "node:events";
import { freePorts } from "@cartwright/testing/free-ports";

/** Whether a Redis can be started here: it is no npm package, so a machine may lack it. */
export function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export async function startRedis() {
  const port = await freePorts(1);
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", ""],
    { stdio: "ignore" },
  );
  await eventually(() => reachable(port));
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
  };
}

async function reachable(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
