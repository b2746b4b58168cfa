import helmet from "helmet";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

/** Helmet's defaults, but pages stay usable over plain HTTP: whoever ends TLS in front redirects. */
const secure = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});

/** They are the same for every answer, so helmet is asked once: asking it each time costs a tenth of a request. */
const headers = headersByHelmet();

function headersByHelmet(): readonly (readonly [string, string])[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  secure(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).map(
    ([name, value]) => [name, String(value)] as const,
  );
}

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}
