import { atMost } from "./at-most.ts";

/** Argon2id with OWASP's parameters; one hash holds 19 MiB and a core for some 20 ms. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** So many hashes at a time that the event loop and the other services keep a core. */
const atATime = 2;
/** About two seconds of waiting; whoever comes later is asked to come again. */
const maxWaiting = 100;

export type Passwords = {
  hash(password: string): Promise<string>;
  /** Takes as long for a user who does not exist (no hash) as for one who does. */
  match(password: string, hash: string | undefined): Promise<boolean>;
};

export function argon2Passwords(): Passwords {
  const limited = atMost(atATime, maxWaiting);
  return {
    hash: (password) =>
      limited(async () => (await argon2()).hash(password, parameters)),
    match: (password, hash) =>
      limited(async () => {
        const { verify } = await argon2();
        const same = await verify(hash ?? nobodysHash, password);
        return hash !== undefined && same;
      }),
  };
}

/** Loaded with the first password: a native module that an idle process need not hold. */
const argon2 = () => import("@node-rs/argon2");

/** Of a random password that nobody kept. */
const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$gB65hHgVzD11o7VO26HXeA$nTGR8I31XV3VzQhQhvnH9bdQvH8fi85pLk8jaFwoft8";
