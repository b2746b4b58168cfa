import { run } from "../../images/proof/shell.ts";
import type { Guide } from "./guide.ts";

/** What a page takes for granted, and what there is here instead of it. */
export type Substitutes = readonly (readonly [from: string, to: string])[];

/** Somebody who does what a page says. */
export type Reader<Step extends string> = {
  /** What the page says at this step, with what there is here. */
  read(step: Step): string;
  /** Types it, after what is given; what was said to it. */
  follow(step: Step, before?: string): Promise<string>;
  /** Throws when a step was never read. */
  end(): void;
};

export type Terminal = {
  /** Which the page has its reader go to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Types a script. */
export const type = (
  { folder, environment }: Terminal,
  script: string,
): Promise<string> =>
  run("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, environment });

/** A reader of this page. Throws when a substitute is for something that the page does not say. */
export function readerOf<Step extends string>(
  guide: Guide<Step>,
  terminal: Terminal,
  substitutes: Substitutes,
): Reader<Step> {
  const all = Object.values<string>(guide).join("\n");
  const idle = substitutes.find(([from]) => !all.includes(from));
  if (idle) throw new Error(`The page no longer says ${idle[0]}.`);
  const left = new Set(Object.keys(guide) as Step[]);
  const read = (step: Step): string => {
    left.delete(step);
    return substitutes.reduce<string>(
      (text, [from, to]) => text.replaceAll(from, to),
      guide[step],
    );
  };
  return {
    read,
    follow: (step, before = "") => type(terminal, `${before}\n${read(step)}`),
    end: () => {
      const steps = [...left].join(", ");
      if (steps !== "") throw new Error(`Nobody has followed: ${steps}.`);
    },
  };
}
