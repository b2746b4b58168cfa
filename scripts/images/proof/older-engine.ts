import type { ComposeFile } from "./compose.ts";

/**
 * An override file for podman's API, which is that of an engine before Docker 25: it refuses `start_interval`, so
 * containers are asked how they are at their usual interval from the beginning.
 */
export const olderEngine = ({ services }: ComposeFile): string =>
  [
    "services:",
    ...Object.entries(services)
      .filter(([, { healthcheck }]) => healthcheck?.start_interval)
      .flatMap(([name]) => [
        `  ${name}:`,
        "    healthcheck:",
        "      start_interval: !reset null",
      ]),
    "",
  ].join("\n");
