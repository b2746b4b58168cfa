import type { Part } from "@cartwright/kernel/part";
import { once } from "node:events";
import { createServer } from "node:net";

/** Fails, before anything is started, when another process has the port. */
export const freePort = (port: number): Part => ({
  name: "free port",
  async start() {
    const probe = createServer().listen(port);
    try {
      await once(probe, "listening");
    } catch {
      throw new Error(
        `Port ${port} is taken by another process; set PORT to use another.`,
      );
    }
    probe.close();
    await once(probe, "close");
  },
});
