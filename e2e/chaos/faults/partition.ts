import type { Tap, Verdict } from "./tcp-proxy.ts";

/** Stands between the brokers and single services, whichever connections they open. */
export type Partition = {
  readonly tap: () => Tap;
  /** Nothing of this client arrives any more, and nobody is told; known by the `client.id` in its requests. */
  cutOff(client: string): void;
  /** Lets it through again. Connections of which something was lost are reset. */
  rejoin(client: string): void;
};

/** Where the client's name stands in a request, behind length, API, version and correlation id. */
const nameAt = 12;

export function partition(): Partition {
  const away = new Set<string>();
  const tap = (): Tap => {
    let head = Buffer.alloc(0);
    let name: string | undefined;
    let isTorn = false;
    const judge = (): Verdict => {
      if (name !== undefined && away.has(name)) {
        isTorn = true;
        return "drop";
      }
      return isTorn ? "cut" : "pass";
    };
    return {
      fromClient(bytes) {
        if (name === undefined) {
          head = Buffer.concat([head, bytes]);
          name = clientIn(head);
        }
        return judge();
      },
      fromServer: judge,
    };
  };
  return {
    tap,
    cutOff: (client) => void away.add(client),
    rejoin: (client) => void away.delete(client),
  };
}

/** The client's name in the first bytes of its connection, once there are enough of them. */
function clientIn(head: Buffer): string | undefined {
  if (head.length < nameAt + 2) return undefined;
  const end = nameAt + 2 + Math.max(0, head.readInt16BE(nameAt));
  return head.length < end ? undefined : head.toString("utf8", nameAt + 2, end);
}

/** Both watch; the harder verdict counts. */
export const bothTaps =
  (first: () => Tap, second: () => Tap): (() => Tap) =>
  () => {
    const taps = [first(), second()];
    const harder = (verdicts: readonly Verdict[]): Verdict =>
      verdicts.find((verdict) => verdict === "cut") ??
      verdicts.find((verdict) => verdict === "drop") ??
      "pass";
    return {
      fromClient: (bytes) => harder(taps.map((tap) => tap.fromClient(bytes))),
      fromServer: (bytes) => harder(taps.map((tap) => tap.fromServer(bytes))),
    };
  };
