import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Duration } from "@cartwright/kernel/duration";

/** What becomes of bytes under way, and of their connection with `cut`; nobody is told of what is dropped. */
export type Verdict = "pass" | "drop" | "cut";

/** Watches one connection and may cut it; what it cuts does not arrive. */
export type Tap = {
  fromClient(bytes: Buffer): Verdict;
  fromServer(bytes: Buffer): Verdict;
};

export type ProxyOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the server listens, on this machine. */
  readonly target: number;
  /** Made anew for each connection. */
  readonly tap?: () => Tap;
};

/** Stands between clients and a server and does to their connections what networks do. */
export type TcpProxy = {
  readonly port: number;
  /** Resets every connection; returns how many there were. */
  cut(): number;
  /** Delays all bytes from now on, each way. */
  delay(latency: Duration): void;
  /** Half-open: connections stay, nothing arrives any more, and nobody is told. Ends with `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

const letPass: Tap = { fromClient: () => "pass", fromServer: () => "pass" };

export async function tcpProxy(options: ProxyOptions): Promise<TcpProxy> {
  const { target, tap = () => letPass } = options;
  const pairs = new Set<() => void>();
  const weather = { latency: 0, thawed: Promise.resolve(undefined) };
  let thaw = (): void => undefined;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({
      port: target,
      host: "127.0.0.1",
      noDelay: true,
    });
    const reset = () => {
      pairs.delete(reset);
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    pairs.add(reset);
    const watch = tap();
    carry(client, upstream, weather, (bytes) => watch.fromClient(bytes), reset);
    carry(upstream, client, weather, (bytes) => watch.fromServer(bytes), reset);
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");

  const cut = () => {
    const count = pairs.size;
    for (const reset of pairs) reset();
    return count;
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    delay: (latency) => void (weather.latency = latency),
    freeze() {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      weather.thawed = promise;
      thaw = () => resolve(undefined);
    },
    thaw: () => thaw(),
    async stop() {
      thaw();
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

type Weather = {
  readonly latency: Duration;
  readonly thawed: Promise<undefined>;
};

/** One direction of a connection, in order whatever the weather. */
function carry(
  from: Socket,
  to: Socket,
  weather: Weather,
  judge: (bytes: Buffer) => Verdict,
  reset: () => void,
): void {
  const deliver = async (bytes: Buffer) => {
    await weather.thawed;
    if (weather.latency > 0) await sleep(weather.latency);
    if (to.writableEnded || to.destroyed) return;
    if (to.write(bytes)) return;
    from.pause();
    to.once("drain", () => from.resume());
  };
  let last: Promise<void> = Promise.resolve();
  from.on("data", (bytes: Buffer) => {
    const verdict = judge(bytes);
    if (verdict === "cut") reset();
    if (verdict === "pass") last = last.then(() => deliver(bytes));
  });
  from.on("end", () => void last.then(() => to.end()));
  from.on("error", reset);
  from.on("close", () => {
    if (from.destroyed && to.destroyed) reset();
    else void last.then(() => to.end());
  });
}
