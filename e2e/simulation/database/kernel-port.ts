/** What the simulated database asks of the simulation: virtual time and seeded randomness. */
export type KernelPort = {
  /** Virtual time in epoch milliseconds. */
  now(): number;
  /** The next number of the seed, from 0 up to 1. */
  random(): number;
  /** Runs `fn` once the virtual time has advanced by `delayMs`; several of one moment in the order given. */
  schedule(delayMs: number, fn: () => void): { cancel(): void };
};
