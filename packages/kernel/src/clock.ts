/** Where domain code gets the time from. Deadlines and leases use the database's time instead. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

export const fixedClock = (at: Date): Clock => ({ now: () => at });
