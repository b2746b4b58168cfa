import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kafkaServer } from "@cartwright/messaging/dev/kafka-server";

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

/** The first of `count` ports in a row that are free. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address() as AddressInfo;
    const rest = Array.from({ length: count - 1 }, (_, index) =>
      createServer().listen(port + 1 + index, "127.0.0.1"),
    );
    const free = await Promise.all(
      rest.map((probe) =>
        once(probe, "listening").then(
          () => true,
          () => false,
        ),
      ),
    );
    for (const probe of [first, ...rest]) probe.close();
    if (free.every(Boolean)) return port;
  }
}
