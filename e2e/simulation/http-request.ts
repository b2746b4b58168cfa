import type { Reply } from "@cartwright/http/reply";
import type { Route } from "@cartwright/http/route";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Kernel } from "./kernel.ts";
import type { Process } from "./process.ts";

/** What the client gets to know. */
export type Said =
  | { readonly kind: "answered"; readonly reply: Reply }
  | { readonly kind: "refused"; readonly code: string }
  /** No answer, or 503: it may have been done or not. */
  | { readonly kind: "unknown" };

const patience = 5_000;

/** A request to a route of the process, as it arrives behind the HTTP server's checks. */
export function ask(
  kernel: Kernel,
  process: Process | undefined,
  path: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Said> {
  const { promise, resolve } = Promise.withResolvers<Said>();
  const lost = kernel.schedule(patience, () => resolve({ kind: "unknown" }));
  if (process === undefined) return promise;
  const { actor } = process;
  const answer = (said: Said) => {
    if (!actor.alive) return;
    kernel.schedule(kernel.random() * 5, () => {
      kernel.trace.add(`${kernel.now()} ${actor.name} ${path} ${said.kind}`);
      lost.cancel();
      resolve(said);
    });
  };
  kernel.scheduleFor(actor, kernel.random() * 5, () => {
    process
      .route(path)
      .handle(given as unknown as Parameters<Route["handle"]>[0])
      .then(
        (reply) => answer({ kind: "answered", reply }),
        (error: unknown) => answer(failureOf(error)),
      );
  });
  return promise;
}

const failureOf = (error: unknown): Said =>
  error instanceof Refusal && !error.code.endsWith("-unavailable")
    ? { kind: "refused", code: error.code }
    : { kind: "unknown" };
