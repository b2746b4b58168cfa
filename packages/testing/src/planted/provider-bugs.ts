import type { Held, PlantedBug, ProviderClient } from "./planted-bug.ts";

/** Each request to the provider is a new one to it, so that a repetition charges again. */
export const chargeWithoutKey = (): PlantedBug =>
  withKeys(() => {
    let requests = 0;
    return (key) => `${key}:${(requests += 1)}`;
  });

/** A retry goes out under a key of its own. */
export const newKeyOnRetry = (): PlantedBug =>
  withKeys(() => {
    const tries = new Map<string, number>();
    return (key) => {
      const attempt = (tries.get(key) ?? 0) + 1;
      tries.set(key, attempt);
      return attempt === 1 ? key : `${key}:retry-${attempt}`;
    };
  });

/**
 * The provider is asked under keys that `naming` makes, and what was asked before without an answer
 * is not looked up: only answers are remembered.
 */
const withKeys = (naming: () => (key: string) => string): PlantedBug => {
  const nextKey = naming();
  const answered = new Map<string, string>();
  const known = (key: string) => answered.get(key) ?? key;
  return {
    provider: (client): ProviderClient => ({
      name: client.name,
      async authorize(request, signal) {
        const key = nextKey(request.key);
        const held = await client.authorize({ ...request, key }, signal);
        answered.set(request.key, key);
        return held;
      },
      find: (key, signal) =>
        answered.has(key)
          ? client.find(known(key), signal)
          : Promise.resolve(undefined),
      capture: (key, signal) => client.capture(known(key), signal),
      void: (key, signal) => client.void(known(key), signal),
      refund: (key, signal) => client.refund(known(key), signal),
    }),
  };
};

const impatience = 2_000;

/** No answer in time is taken for a no. */
export const timeoutTakenForFailure = (): PlantedBug => ({
  provider: (client): ProviderClient => ({
    name: client.name,
    authorize: (request, signal) =>
      orDeclined(client.authorize(request, signal), { declineCode: "timeout" }),
    find: (key, signal) => client.find(key, signal),
    capture: (key, signal) =>
      orDeclined(client.capture(key, signal), {
        captureDeclineCode: "timeout",
      }),
    void: (key, signal) => client.void(key, signal),
    refund: (key, signal) => client.refund(key, signal),
  }),
});

const orDeclined = (
  answer: Promise<Held>,
  code: Pick<Held, "declineCode" | "captureDeclineCode">,
): Promise<Held> =>
  Promise.race([
    answer,
    new Promise<Held>((resolve) => {
      setTimeout(() => resolve({ status: "declined", ...code }), impatience);
    }),
  ]);

/** What is to be given back is asked for once; whatever comes of it, it counts as done. */
export const compensationWithoutRetry = (): PlantedBug => ({
  provider: (client): ProviderClient => ({
    name: client.name,
    authorize: (request, signal) => client.authorize(request, signal),
    find: (key, signal) => client.find(key, signal),
    capture: (key, signal) => client.capture(key, signal),
    void: (key, signal) =>
      client.void(key, signal).catch(() => ({ status: "voided" })),
    refund: (key, signal) =>
      client.refund(key, signal).catch(() => ({ status: "refunded" })),
  }),
});
