import { statement } from "@cartwright/database/tx";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** What the server has understood of an array of this type, each element as its text. */
async function understood(
  type: string,
  values: readonly unknown[],
): Promise<(string | null)[]> {
  const echo = statement(
    `echo-${type}`,
    `SELECT coalesce(array_agg(value::text ORDER BY place), '{}') AS texts
     FROM unnest($1::${type}[]) WITH ORDINALITY AS rows (value, place)`,
  );
  const query = () =>
    database.db.query<{ texts: (string | null)[] }>(echo, [values]);
  const [alone] = await query();
  const [inTransaction] = await database.db.transaction((tx) =>
    tx.query<{ texts: (string | null)[] }>(echo, [values]),
  );
  expect(inTransaction).toEqual(alone);
  return alone?.texts ?? [];
}

const id = "0190163d-8694-739b-aea5-966c26f8ad91";
const large = "ü".repeat(200_000);

describe("an array parameter of a declared type", () => {
  it.each([
    ["uuid", [id, null], [id, null]],
    ["uuid", [id.toUpperCase(), id.replaceAll("-", "")], [id, id]],
    ["text", ["", 'a "quoted" \\ {,} 好 😀', null, "NULL"], undefined],
    ["text", [large, large], undefined],
    ["text", [7, true], ["7", "true"]],
    ["json", ['{"a":"\\u00e9 \\"x\\""}', "null", null], undefined],
    ["jsonb", ['{"b":1,"a":[true]}', null], ['{"a": [true], "b": 1}', null]],
    ["int", [0, -1, 2_147_483_647, -2_147_483_648, null], undefined],
    [
      "bigint",
      [0, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, null],
      undefined,
    ],
    ["bigint", [Number.MIN_SAFE_INTEGER, "9223372036854775807"], undefined],
    ["bool", [true, false, null], ["true", "false", null]],
  ])("brings %s %j", async (type, values, expected) => {
    const texts = values.map((value) =>
      value === null ? null : String(value),
    );
    expect(await understood(type, values)).toEqual(expected ?? texts);
  });

  it("brings instants, to the millisecond or as finely as they are written", async () => {
    const values = [
      new Date("2026-02-28T23:59:59.999Z"),
      "1999-12-31T23:59:59.001Z",
      new Date("0001-01-01T00:00:00.000Z"),
      null,
    ];
    const seen = await understood("timestamptz", values);
    expect(
      seen.map((text) => text && new Date(`${text}:00`).toISOString()),
    ).toEqual([
      "2026-02-28T23:59:59.999Z",
      "1999-12-31T23:59:59.001Z",
      expect.any(String),
      null,
    ]);
    const [fine] = await understood("timestamptz", [
      "2026-02-28T23:59:59.123456Z",
    ]);
    expect(fine).toContain("59.123456");
  });

  it("brings none", async () => {
    for (const type of ["uuid", "text", "json", "int", "bigint", "bool"])
      expect(await understood(type, [])).toEqual([]);
  });

  it.each([
    ["uuid", ["0190163d-8694-739b-aea5-966c26f8ad9g"], "22P02"],
    ["uuid", ["0190163d_8694_739b_aea5_966c26f8ad91"], "22P02"],
    ["int", [1.5], "22P02"],
    ["int", [2 ** 31], "22003"],
    ["json", ["{"], "22P02"],
    ["text", ["a\0b"], "22021"],
    ["timestamptz", ["2026-13-01T00:00:00.000Z"], "22008"],
  ])("has the server refuse %s %j", async (type, values, code) => {
    await expect(understood(type, values)).rejects.toMatchObject({ code });
  });
});
