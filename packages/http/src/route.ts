import type { Principal, Scope } from "@cartwright/auth/principal";
import type { Cause } from "@cartwright/contracts/message";
import type { z } from "zod";
import type { Reply } from "./reply.ts";

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A request after every check: token, scope, shape. */
export type RequestOf<Params, Query, Body, Needed> = {
  readonly params: Output<Params>;
  readonly query: Output<Query>;
  readonly body: Output<Body>;
  readonly user: Needed extends "public" ? Principal | undefined : Principal;
  /** The `Idempotency-Key` header, when the route reads it. */
  readonly idempotencyKey: string | undefined;
  /** Correlation and trace of the request, for what it publishes. */
  readonly cause: Cause;
  /** Aborted when the client has gone or the deadline has passed. */
  readonly signal: AbortSignal;
  /** Every header by its lower-case name, for webhooks that sign them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes as they came, for webhooks that sign them. */
  readonly rawBody: Buffer;
};

/** The scope a token needs, any token (`signed-in`), or none (`public`; one that is sent is still checked). */
export type Access = Scope | "signed-in" | "public";

export type RouteOptions<Params, Query, Body, Needed> = {
  readonly summary: string;
  readonly access: Needed;
  readonly params?: Params;
  readonly query?: Query;
  /** Unknown fields are refused: use `z.strictObject`. */
  readonly body?: Body;
  /** Also takes the body in form encoding, as OAuth wants it. */
  readonly form?: boolean;
  /** Success bodies by status, for OpenAPI. */
  readonly responses: Readonly<Record<number, z.ZodType>>;
  /** Refusal codes the route may answer with, for OpenAPI. */
  readonly refusals?: readonly string[];
  /** `required`: 400 without the header. `accepted`: read when sent. Absent: ignored. */
  readonly idempotency?: "required" | "accepted";
  /** Refuses a body that is not signed as it should be, before anything is said of what is in it. */
  readonly proof?: (signed: Signed) => void;
  readonly handle: (
    request: RequestOf<Params, Query, Body, Needed>,
  ) => Promise<Reply>;
};

/** What a signature is about, as it came. */
export type Signed = Pick<
  RequestOf<undefined, undefined, undefined, "public">,
  "headers" | "rawBody"
> & { readonly params: Readonly<Record<string, unknown>> };

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** A route as data: the HTTP server and OpenAPI are both made from it. */
export type Route = {
  readonly method: Method;
  /** Express form under the service's root, for instance `/api/v1/orders/:orderId`. */
  readonly path: string;
} & Omit<RouteOptions<z.ZodType, z.ZodType, z.ZodType, Access>, "handle"> & {
    readonly handle: (
      request: RequestOf<z.ZodType, z.ZodType, z.ZodType, "public">,
    ) => Promise<Reply>;
  };

const route =
  (method: Method) =>
  <
    const Needed extends Access,
    Params extends z.ZodType | undefined = undefined,
    Query extends z.ZodType | undefined = undefined,
    Body extends z.ZodType | undefined = undefined,
  >(
    path: string,
    options: RouteOptions<Params, Query, Body, Needed>,
  ): Route =>
    ({ method, path, ...options }) as unknown as Route;

export const get = route("get");
export const post = route("post");
export const put = route("put");
export const patch = route("patch");
export const del = route("delete");
