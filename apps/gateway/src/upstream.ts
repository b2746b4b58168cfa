import type { HealthReport } from "@cartwright/http/health";
import type { OpenApi } from "@cartwright/http/openapi";
import type { Request, Response } from "express";

/** A service as the gateway sees it, be it in the same process or elsewhere. */
export type Upstream = {
  /**
   * Has the service answer the request. Settles when the answer has begun elsewhere or ended here;
   * rejects, with nothing written, when the service gives none.
   */
  forward(request: Request, response: Response): Promise<void>;
  health(): Promise<HealthReport>;
  openApi(): Promise<OpenApi>;
};
