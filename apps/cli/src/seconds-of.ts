import { UsageError } from "./failures.ts";

const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90`, `90s`, `15m`, `1h` or `2d` as seconds. */
export function secondsOf(text: string, option: string): string {
  const [, count, unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  if (count !== undefined)
    return String(Number(count) * units[unit as keyof typeof units]);
  throw new UsageError(
    `--${option} ${text} is no duration; one looks like 90s, 15m, 1h or 2d.`,
  );
}
