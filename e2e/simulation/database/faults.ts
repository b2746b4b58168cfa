import type { KernelPort } from "./kernel-port.ts";

/** How often what goes wrong; each a probability from 0 to 1, drawn per occasion. */
export type DatabaseFaults = {
  /** The connection breaks before the statement reaches the server. */
  readonly lostStatement: number;
  /** The connection breaks before COMMIT reaches the server: rolled back. */
  readonly lostCommit: number;
  /** COMMIT takes effect, and the connection breaks before the server has said so. */
  readonly lostCommitReply: number;
  /** A statement fails as the victim of a deadlock, 40P01. */
  readonly deadlock: number;
  /** COMMIT fails with a serialization failure, 40001. */
  readonly serialization: number;
};

export const noFaults: DatabaseFaults = {
  lostStatement: 0,
  lostCommit: 0,
  lostCommitReply: 0,
  deadlock: 0,
  serialization: 0,
};

/** Whether it goes wrong this time. A seed without this fault draws nothing. */
export const strikes = (kernel: KernelPort, probability: number): boolean =>
  probability > 0 && kernel.random() < probability;

/** A trip between client and server in milliseconds: mostly short, one in a hundred long. */
export const usualLatency = (kernel: KernelPort): number =>
  kernel.random() < 0.01
    ? 5 + 45 * kernel.random()
    : 0.1 + 2 * kernel.random() ** 3;
