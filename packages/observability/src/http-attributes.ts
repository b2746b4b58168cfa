import type { Attributes } from "./tracing.ts";

/** A refusal is no fault of whoever answers, but whoever asked has not got what he wanted. */
const failsFrom = { server: 500, client: 400 } as const;

/** How a request was answered, as the one side or the other sees it. */
export const answeredWith = (
  side: keyof typeof failsFrom,
  status: number,
): Attributes => ({
  "http.response.status_code": status,
  ...(status >= failsFrom[side] && { "error.type": String(status) }),
});
