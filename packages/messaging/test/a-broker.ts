import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";
import { freePorts } from "@cartwright/testing/free-ports";

export type ABroker = {
  readonly folder: string;
  /** `host:port` */
  readonly address: string;
  stop(): Promise<void>;
};

/** A real broker of the test's own. `properties` is told the port, its folder, and two free ones from there. */
export async function aBroker(
  properties: (
    port: number,
    folder: string,
  ) => Readonly<Record<string, string>> = () => ({}),
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<ABroker> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-kafka-"));
  const port = await freePorts(3);
  await prepare(folder);
  const server = kafkaServer({
    folder,
    port,
    properties: {
      "group.min.session.timeout.ms": "1000",
      ...properties(port, folder),
    },
  });
  await server.start?.();
  let running = true;
  return {
    folder,
    address: `127.0.0.1:${port}`,
    async stop() {
      if (!running) return;
      running = false;
      await server.stop?.();
      await rm(folder, { recursive: true });
    },
  };
}
