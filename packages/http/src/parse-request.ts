import { Refusal } from "@cartwright/kernel/refusal";
import type { Request, Response } from "express";
import type { z } from "zod";
import { check, validationFailed, type Fault, type Place } from "./faults.ts";
import { malice } from "./malice.ts";
import { parseBody, readBody } from "./parse-body.ts";
import type { Route } from "./route.ts";

export type ParsedRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly rawBody: Buffer;
  readonly idempotencyKey: string | undefined;
};

/** Reads and checks everything a request brings against the route's schemas; refuses with all faults at once. */
export async function parseRequest(
  route: Route,
  request: Request,
  response: Response,
): Promise<ParsedRequest> {
  const idempotencyKey = idempotencyKeyOf(route, request);
  const rawBody = await readBody(request, response);
  const { headers, params } = request;
  route.proof?.({ headers, params, rawBody });
  const faults: Fault[] = route.body ? [] : faultsOfUnasked(rawBody);
  const body = route.body
    ? parseBody(rawBody, headers["content-type"], route)
    : undefined;
  const parsed = {
    params: checked(route.params, { ...params }, "params", faults),
    query: checked(route.query, { ...request.query }, "query", faults),
    body: checked(route.body, body, "body", faults),
    rawBody,
    idempotencyKey,
  };
  if (faults.length === 0) return parsed;
  throw validationFailed(faults);
}

/** Nothing, or an object without a field, as clients send that always send JSON. */
const SAYS_NOTHING = /^\s*(\{\s*\})?\s*$/;

/** What is thrown away unread may have been a wish, for instance for less. */
const faultsOfUnasked = (bytes: Buffer): Fault[] =>
  SAYS_NOTHING.test(bytes.toString())
    ? []
    : [{ path: "body", message: "This route takes no body." }];

function checked(
  schema: z.ZodType | undefined,
  value: unknown,
  place: Place,
  faults: Fault[],
): unknown {
  if (!schema) return undefined;
  const found = place === "body" ? undefined : malice(value, place);
  if (found) return void faults.push(found);
  const checking = check(schema, value, place);
  if (!checking.faults) return checking.data;
  faults.push(...checking.faults);
  return undefined;
}

/** Visible ASCII, at most 255 characters; the quotes of a structured-field string are left off. */
const KEY = /^"?([!#-~]{1,255})"?$/;

function idempotencyKeyOf(route: Route, request: Request): string | undefined {
  if (!route.idempotency) return undefined;
  const header = request.get("idempotency-key");
  if (header === undefined) {
    if (route.idempotency === "accepted") return undefined;
    throw new Refusal(
      "idempotency-key-required",
      "Send an Idempotency-Key header, for instance a new UUID, so that a repeated request does nothing twice.",
    );
  }
  const key = KEY.exec(header)?.[1];
  if (key) return key;
  const message = "1 to 255 visible characters are expected.";
  throw validationFailed([{ path: "headers.idempotency-key", message }]);
}
