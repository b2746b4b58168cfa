import { kafkaSecurity, kafkaSecurityConfig } from "./kafka-config.ts";
import { parseConfig } from "./load-config.ts";

const securityOf = (environment: Record<string, string>) =>
  kafkaSecurity(parseConfig(kafkaSecurityConfig, environment));

const credentials = {
  KAFKA_SASL_MECHANISM: "scram-sha-512",
  KAFKA_SASL_USERNAME: "order",
  KAFKA_SASL_PASSWORD: "secret",
};

describe("how the brokers are spoken to", () => {
  it("is in the clear and without credentials unless something else is said", () => {
    expect(securityOf({})).toEqual({});
  });

  it("is over TLS and with credentials when they are given", () => {
    expect(securityOf({ KAFKA_SSL: "true", ...credentials })).toEqual({
      ssl: true,
      sasl: {
        mechanism: "scram-sha-512",
        username: "order",
        password: "secret",
      },
    });
  });

  it.each([
    [
      "half of the credentials",
      { KAFKA_SASL_USERNAME: "order" },
      "go together",
    ],
    [
      "a password that would leave in the clear",
      { ...credentials, KAFKA_SASL_MECHANISM: "plain" },
      "set KAFKA_SSL",
    ],
    [
      "certificates without TLS",
      { KAFKA_SSL_CA: "ca.pem" },
      "KAFKA_SSL is not true",
    ],
    [
      "a file that is not there",
      { KAFKA_SSL: "true", KAFKA_SSL_CA: "no/such/file" },
      "not readable",
    ],
    ["another word than true or false", { KAFKA_SSL: "1" }, "KAFKA_SSL"],
  ])("refuses %s", (_, environment, sentence) => {
    expect(() => securityOf(environment)).toThrow(sentence);
  });
});
