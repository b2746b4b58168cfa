import { healthOf } from "@cartwright/http/health";
import { openApi } from "@cartwright/http/openapi";
import type { RefusalStatuses } from "@cartwright/http/problem";
import type { Route } from "@cartwright/http/route";
import type { Part } from "@cartwright/kernel/part";
import type { Express } from "express";
import type { Upstream } from "./upstream.ts";

type InProcess = {
  readonly name: string;
  /** Made by `createApp` of the same routes. */
  readonly app: Express;
  readonly routes: readonly Route[];
  readonly refusals: RefusalStatuses;
  readonly parts: readonly Part[];
};

/** A service in this very process: its app takes the request as it is, without a hop. */
export const inProcessUpstream = (service: InProcess): Upstream => ({
  forward: (request, response) =>
    new Promise((resolve) => {
      response.once("close", resolve);
      // The router, not the app: the request already is an Express one, and making it one anew is dear.
      service.app.router(request, response, () => resolve());
    }),
  health: () => healthOf(service.parts),
  openApi: () => {
    const { name: title, routes, refusals } = service;
    return Promise.resolve(openApi({ title, routes, refusals }));
  },
});
