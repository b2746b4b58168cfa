import { created, noContent, ok } from "@cartwright/http/reply";
import { post, type Route } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { seconds } from "@cartwright/kernel/duration";
import { z } from "zod";
import type { LogIn } from "../commands/log-in.ts";
import type { Register } from "../commands/register.ts";
import type { LoggedIn, SessionStore } from "../db/session-store.ts";
import type { AccessTokens } from "../tokens/access-tokens.ts";
import {
  loginBody,
  presentUser,
  refreshBody,
  registrationBody,
  tokensReply,
  userReply,
} from "./schemas.ts";

type AuthRoutes = {
  readonly register: Register;
  readonly logIn: LogIn;
  readonly sessions: SessionStore;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
};

export const authRoutes = (deps: AuthRoutes): readonly Route[] => [
  registerRoute(deps),
  loginRoute(deps),
  refreshRoute(deps),
  logoutRoute(deps),
];

const registerRoute = ({ register }: AuthRoutes) =>
  post("/api/v1/auth/register", {
    summary: "Register a customer",
    access: "public",
    body: registrationBody,
    responses: { 201: userReply },
    refusals: ["email-taken", "service-unavailable"],
    handle: async ({ body, cause }) =>
      created(presentUser(await register(body, cause)), {
        location: "/api/v1/users/me",
      }),
  });

const loginRoute = ({ logIn, tokens }: AuthRoutes) =>
  post("/api/v1/auth/login", {
    summary: "Log in with e-mail address and password",
    access: "public",
    body: loginBody,
    responses: { 200: tokensReply },
    refusals: ["invalid-credentials", "service-unavailable"],
    handle: async ({ body, cause }) =>
      tokensFor(await logIn(body, cause), tokens),
  });

const refreshRoute = ({ sessions, tokens, clock }: AuthRoutes) =>
  post("/api/v1/auth/refresh", {
    summary: "Exchange a refresh token, once, for new tokens",
    access: "public",
    body: refreshBody,
    responses: { 200: tokensReply },
    refusals: ["refresh-token-invalid", "refresh-token-reused"],
    handle: async ({ body: { refreshToken } }) =>
      tokensFor(await sessions.refresh(refreshToken, clock.now()), tokens),
  });

const logoutRoute = ({ sessions, clock }: AuthRoutes) =>
  post("/api/v1/auth/logout", {
    summary: "End the session that a refresh token belongs to",
    access: "public",
    body: refreshBody,
    responses: { 204: z.undefined() },
    handle: async ({ body: { refreshToken } }) => {
      await sessions.close(refreshToken, clock.now());
      return noContent();
    },
  });

async function tokensFor(session: LoggedIn, tokens: AccessTokens) {
  const { user, refreshToken } = session;
  const { token, expiresIn } = await tokens.issue(user);
  return ok({
    accessToken: token,
    tokenType: "Bearer",
    expiresIn: expiresIn / seconds(1),
    refreshToken,
    user: presentUser(user),
  });
}
