import type { Scheduled } from "./kernel.ts";

type After = (delay: number, action: () => void) => Scheduled;
type Action = (...given: unknown[]) => void;

/** What Node's timers look like to those who use them. */
class VirtualTimeout {
  readonly cancel: () => void;

  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

/** Timers over `after`: the globals, those of `node:timers/promises`, and `AbortSignal.timeout`. */
export function virtualTimers({ after }: { readonly after: After }) {
  const setTimeout = (action: Action, delay = 1, ...given: unknown[]) =>
    once(after, Math.max(1, delay), () => action(...given));
  const setImmediate = (action: Action, ...given: unknown[]) =>
    once(after, 0, () => action(...given));
  const clear = (timer: unknown) => {
    if (timer instanceof VirtualTimeout) timer.cancel();
  };
  return {
    timers: {
      setTimeout,
      setImmediate,
      setInterval: (action: Action, every = 1, ...given: unknown[]) =>
        repeated(after, Math.max(1, every), () => action(...given)),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    },
    promised: {
      setTimeout: <T>(delay = 1, value?: T, options: Waiting = {}) =>
        waiting(after, delay, value, options),
      setImmediate: <T>(value?: T, options: Waiting = {}) =>
        waiting(after, 0, value, options),
    },
    timeoutSignal: (delay: number): AbortSignal => {
      const controller = new AbortController();
      after(delay, () => {
        const reason = new DOMException("It took too long", "TimeoutError");
        controller.abort(reason);
      });
      return controller.signal;
    },
  };
}

const once = (after: After, delay: number, action: () => void) => {
  const scheduled = after(delay, action);
  return new VirtualTimeout(() => scheduled.cancel());
};

function repeated(after: After, every: number, action: () => void) {
  let scheduled = after(every, tick);
  function tick(): void {
    scheduled = after(every, tick);
    action();
  }
  return new VirtualTimeout(() => scheduled.cancel());
}

type Waiting = { readonly signal?: AbortSignal };

const waiting = <T>(
  after: After,
  delay: number,
  value: T | undefined,
  { signal }: Waiting,
): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      scheduled.cancel();
      reject(signal?.reason as Error);
    };
    const scheduled = after(Math.max(1, delay), () => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
