import { Refusal } from "@cartwright/kernel/refusal";
import type { z } from "zod";
import { sentenceOf } from "./fault-sentence.ts";

/** Where a value is wrong, and why. */
export type Fault = { readonly path: string; readonly message: string };

/** Which part of the request a value came with. The fields of a body are named without it. */
export type Place = "params" | "query" | "body";

/** The parsed value, or what is wrong with it. */
export type Checked =
  | { readonly data: unknown; readonly faults?: undefined }
  | { readonly faults: readonly Fault[] };

export function check(
  schema: z.ZodType,
  value: unknown,
  place: Place,
): Checked {
  const result = schema.safeParse(value, { error: sentenceOf });
  if (result.success) return { data: result.data };
  if (place === "body" && value === undefined) {
    return { faults: [{ path: "body", message: "A JSON body is expected." }] };
  }
  return {
    faults: result.error.issues.flatMap((issue) => faultsOf(issue, place)),
  };
}

/** A field that nobody knows is a fault of its own, as one that is missing is. */
function faultsOf(issue: z.core.$ZodIssue, place: Place): readonly Fault[] {
  const { path, message } = issue;
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ path: at(place, [...path, key]), message }))
    : [{ path: at(place, path), message }];
}

function at(place: Place, path: readonly PropertyKey[]): string {
  const within = place === "body" && path.length > 0 ? path : [place, ...path];
  return within.map(String).join(".");
}

const MOST_FAULTS = 20;

export const validationFailed = (faults: readonly Fault[]): Refusal =>
  new Refusal(
    "validation-failed",
    "Something in the request is missing or wrong: see errors.",
    { errors: faults.slice(0, MOST_FAULTS) },
  );
