import { KEYS_KEPT_FOR } from "@cartwright/auth/jwks";
import { LONGEST_LIFETIME } from "@cartwright/auth/sign-token";
import { seconds } from "@cartwright/kernel/duration";
import { defineService } from "@cartwright/service/service";
import { assignRoles } from "./commands/assign-roles.ts";
import { authenticateClient } from "./commands/authenticate-client.ts";
import { changePassword } from "./commands/change-password.ts";
import { logIn } from "./commands/log-in.ts";
import { register } from "./commands/register.ts";
import { rotateKeys } from "./commands/rotate-keys.ts";
import { identityConfig } from "./config.ts";
import { identityDb } from "./db/identity-db.ts";
import { sessionStore } from "./db/session-store.ts";
import { userStore } from "./db/user-store.ts";
import { authRoutes } from "./http/auth.routes.ts";
import { oauthRoutes } from "./http/oauth.routes.ts";
import { rolesRoutes } from "./http/roles.routes.ts";
import { signingKeysRoutes } from "./http/signing-keys.routes.ts";
import { usersRoutes } from "./http/users.routes.ts";
import { argon2Passwords } from "./passwords/passwords.ts";
import { accessTokens } from "./tokens/access-tokens.ts";
import { keyRing } from "./tokens/key-ring.ts";

export const identityService = defineService({
  name: "identity",
  config: identityConfig,

  create({ db, outbox, clock }, config) {
    const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience } = config;
    const prisma = identityDb(db);
    const users = userStore(prisma, outbox);
    const sessions = sessionStore(prisma, outbox);
    const keptFor = seconds(config.SIGNING_KEYS_KEPT_SECONDS);
    const keys = keyRing(db, keptFor);
    const tokens = accessTokens({ keys, issuer, audience });
    const deps = {
      users,
      sessions,
      passwords: argon2Passwords(),
      keys,
      tokens,
      clock,
      issuer,
    };
    return {
      routes: [
        ...authRoutes({
          ...deps,
          register: register(deps),
          logIn: logIn(deps),
        }),
        ...oauthRoutes({
          ...deps,
          authenticateClient: authenticateClient(config.SERVICE_CLIENT_SECRET),
        }),
        ...usersRoutes({ users, changePassword: changePassword(deps) }),
        ...rolesRoutes({ db, users, roles: assignRoles }),
        ...signingKeysRoutes({
          db,
          keys: rotateKeys(db, keptFor + longestMemory),
        }),
      ],
      refusals,
      parts: [keys],
    };
  },
});

/** Of who checks tokens, for keys; and of tokens, for the key that signed them. */
const longestMemory = Math.max(KEYS_KEPT_FOR, LONGEST_LIFETIME);

const refusals = {
  "email-taken": 409,
  "invalid-credentials": 401,
  "wrong-password": 403,
  "refresh-token-invalid": 401,
  "refresh-token-reused": 401,
  "invalid-client": 401,
  "invalid-scope": 400,
  "unsupported-grant-type": 400,
  "role-held": 409,
  "role-not-held": 409,
  "last-operator": 409,
  "next-key-waits": 409,
  "no-next-key": 409,
  "no-retired-key": 409,
  "too-early": 409,
};
