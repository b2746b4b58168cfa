import { z } from "zod";
import type { ConfigError } from "./load-config.ts";
import { parseConfig } from "./load-config.ts";

const schema = z.object({
  DATABASE_URL: z.url(),
  PORT: z.coerce.number().int().default(8080),
  SECRET: z.string().min(16),
});

const secret = "a secret of some length";

function sentencesFor(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(schema, environment);
    return [];
  } catch (error) {
    return (error as ConfigError).sentences;
  }
}

describe("the environment", () => {
  it("is read and converted", () => {
    const environment = {
      DATABASE_URL: "postgresql://db/x",
      PORT: "90",
      SECRET: secret,
      OTHER: "1",
    };
    expect(parseConfig(schema, environment)).toEqual({
      DATABASE_URL: "postgresql://db/x",
      PORT: 90,
      SECRET: secret,
    });
  });

  it("names every variable that is missing", () => {
    expect(sentencesFor({})).toEqual([
      "The environment variable DATABASE_URL is missing.",
      "The environment variable SECRET is missing.",
    ]);
  });

  it("takes an empty variable for a missing one", () => {
    expect(sentencesFor({ DATABASE_URL: "", SECRET: secret })).toEqual([
      "The environment variable DATABASE_URL is missing.",
    ]);
  });

  it("says what is wrong with a malformed one and keeps its value to itself", () => {
    const [said] = sentencesFor({
      DATABASE_URL: "postgresql://db/x",
      SECRET: "hunter2",
    });
    expect(said).toMatch(/^The environment variable SECRET is malformed: /);
    expect(said).not.toContain("hunter2");
  });
});
