import { registerHooks } from "node:module";

/**
 * Preloaded with `node --import`: the process then gets buses that deliver everything twice. The
 * shipped modules know nothing of it.
 */
const stands = new Map(
  ["embedded-bus", "kafka-bus"].map((bus) => [
    `@cartwright/messaging/${bus}`,
    new URL(`${bus}.ts`, import.meta.url).href,
  ]),
);
const ours = new Set(stands.values());

registerHooks({
  resolve(specifier, context, next) {
    const standIn = stands.get(specifier);
    if (standIn === undefined || ours.has(context.parentURL ?? ""))
      return next(specifier, context);
    return { url: standIn, shortCircuit: true };
  },
});
