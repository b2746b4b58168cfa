import { roles } from "@cartwright/auth/principal";
import { withExample } from "@cartwright/http/example";
import { z } from "zod";
import type { KnownUser, User } from "../domain/user.ts";

const email = z.email().max(254);
/** Of somebody who has registered; one that nobody could have is nobody's. */
export const knownEmail = z.string().min(1).max(254);
/** Long enough for a passphrase, short enough to hash; the rest is the user's business. */
const password = z.string().min(8).max(200);

const somebody = { email: "me@shop.example", password: "correct horse" };

export const registrationBody = withExample(
  z.strictObject({
    email,
    password,
    name: z.string().trim().min(1).max(200),
  }),
  { ...somebody, name: "A. Shopper" },
);

export const loginBody = withExample(
  z.strictObject({
    email: knownEmail,
    password: z.string().min(1).max(200),
  }),
  somebody,
);

export const passwordBody = z.strictObject({
  currentPassword: z.string().min(1).max(200),
  newPassword: password,
});

export const refreshBody = z.strictObject({
  refreshToken: z.string().min(1).max(200),
});

export const userReply = z.object({
  userId: z.guid(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.enum(roles)),
  createdAt: z.iso.datetime(),
});

export const userPageReply = z.object({
  items: z.array(userReply),
  nextCursor: z.string().optional(),
});

export const tokensReply = z.object({
  accessToken: z.string(),
  tokenType: z.literal("Bearer"),
  /** Seconds. */
  expiresIn: z.int(),
  refreshToken: z.string(),
  user: userReply,
});

export const contactsReply = z.object({
  items: z.array(
    z.object({ userId: z.guid(), name: z.string(), email: z.string() }),
  ),
});

/** RFC 6749 §5.1. */
export const oauthTokenReply = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int(),
  scope: z.string(),
});

export const presentUser = (user: KnownUser): z.input<typeof userReply> => ({
  userId: user.id,
  email: user.email,
  name: user.name,
  roles: [...user.roles],
  createdAt: user.createdAt.toISOString(),
});

export const presentContact = ({ id, name, email }: User) => ({
  userId: id,
  name,
  email,
});
