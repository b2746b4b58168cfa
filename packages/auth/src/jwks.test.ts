import { minutes, seconds } from "@cartwright/kernel/duration";
import { jwksOf, remoteKeys } from "./jwks.ts";
import { fromPem, newSigningKey, toPem } from "./signing-key.ts";

const first = await newSigningKey();
const second = await newSigningKey();

function aRemote() {
  const home = {
    published: [first],
    loads: 0,
    isDown: false,
    now: 0,
    load: async () => {
      home.loads += 1;
      await Promise.resolve();
      if (home.isDown) throw new Error("connection refused");
      return jwksOf(home.published);
    },
  };
  return { home, keys: remoteKeys({ load: home.load, now: () => home.now }) };
}

it("publishes nothing private", () => {
  const { keys } = jwksOf([first]);
  expect(Object.keys(keys[0] ?? {}).sort()).toEqual([
    "alg",
    "e",
    "kid",
    "kty",
    "n",
    "use",
  ]);
});

it("knows a key by the same id after storing it", () => {
  expect(fromPem(toPem(first)).kid).toBe(first.kid);
});

it("asks once for many tokens at a time", async () => {
  const { home, keys } = aRemote();
  const found = await Promise.all([1, 2, 3].map(() => keys.find(first.kid)));
  expect(found.every(Boolean)).toBe(true);
  expect(home.loads).toBe(1);
});

it("answers a flood of unknown ids with one question per cooldown", async () => {
  const { home, keys } = aRemote();
  for (let n = 0; n < 100; n += 1) await keys.find(`unknown-${n}`);
  expect(home.loads).toBe(1);
  home.now += seconds(30);
  for (let n = 0; n < 100; n += 1) await keys.find(`unknown-${n}`);
  expect(home.loads).toBe(2);
});

it("finds a rotated key after the cooldown, and drops a withdrawn one after ten minutes", async () => {
  const { home, keys } = aRemote();
  await keys.find(first.kid);
  home.published = [second];
  home.now += seconds(31);
  expect(await keys.find(second.kid)).toBeDefined();
  expect(await keys.find(first.kid)).toBeUndefined();

  home.published = [];
  home.now += minutes(10);
  expect(await keys.find(second.kid)).toBeUndefined();
});

it("goes on with the keys in hand while their home is down", async () => {
  const { home, keys } = aRemote();
  await keys.find(first.kid);
  home.isDown = true;
  home.now += minutes(11);
  expect(await keys.find(first.kid)).toBeDefined();
});

it("says that identity is unavailable when it never had a key, and asks again", async () => {
  const { home, keys } = aRemote();
  home.isDown = true;
  await expect(keys.find(first.kid)).rejects.toMatchObject({
    code: "identity-unavailable",
    details: {}, // where identity lives, and what was wrong there, is not for callers
  });
  home.isDown = false;
  expect(await keys.find(first.kid)).toBeDefined();
});
