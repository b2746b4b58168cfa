import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import type { z } from "zod";
import { declaredEnvironments } from "../scripts/declared-environments.ts";
import { asInProduction } from "../scripts/images/proof/as-in-production.ts";

/** No process serves customers with a secret that stands in the reference. */

const inProduction = (shape: z.ZodType) =>
  asInProduction(() => shape.safeParse(undefined).data);

/** Secrets that a process in production would have without being given any, the same at each start. */
const known = Object.entries(declaredEnvironments).flatMap(
  ([process, config]) =>
    Object.entries(config.shape as Readonly<Record<string, z.ZodType>>)
      .filter(([name]) => /(SECRET|PASSWORD|TOKEN|KEY)$/.test(name))
      .filter(([, shape]) => {
        const made = inProduction(shape);
        return made !== undefined && made === inProduction(shape);
      })
      .map(([name]) => `${process}: ${name}`),
);

it("has no default for a secret in production", () => {
  expect(known).toEqual([]);
});

const complaints = (process: z.ZodObject, secret?: string) => {
  const config = process.pick({ PROVIDER_WEBHOOK_SECRET: true } as never);
  try {
    const environment = { PROVIDER_WEBHOOK_SECRET: secret };
    asInProduction(() => parseConfig(config, environment));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
};

describe.each(["payment", "payment-provider", "all-in-one"])(
  "%s in production",
  (name) => {
    const process = declaredEnvironments[name]!;
    const everybodys = process.shape["PROVIDER_WEBHOOK_SECRET"]!;

    it("has to be given the secret of the webhooks", () => {
      expect(complaints(process)).toEqual([
        "The environment variable PROVIDER_WEBHOOK_SECRET is missing.",
      ]);
    });

    it("refuses the one that everybody knows", () => {
      expect(complaints(process, String(everybodys.parse(undefined)))).toEqual([
        expect.stringContaining("everybody knows it"),
      ]);
    });

    it("takes another", () => {
      const another = "whsec_dGhlLXNlY3JldC1vZi10aGlzLXRlc3Q";
      expect(complaints(process, another)).toEqual([]);
    });
  },
);
