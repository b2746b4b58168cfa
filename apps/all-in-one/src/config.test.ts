import { parseConfig } from "@cartwright/service/load-config";
import { allInOneConfig, demoDefaults } from "./config.ts";

const issuerWith = (env: Record<string, string>) =>
  demoDefaults(parseConfig(allInOneConfig, env))["TOKEN_ISSUER"];

it("issues tokens where the gateway answers, unless it is told where", () => {
  expect(issuerWith({})).toBe("http://localhost:8080");
  expect(issuerWith({ PORT: "18080" })).toBe("http://localhost:18080");
  const TOKEN_ISSUER = "https://shop.example";
  expect(issuerWith({ PORT: "18080", TOKEN_ISSUER })).toBe(TOKEN_ISSUER);
});
