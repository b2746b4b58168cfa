import { crashPoints } from "@cartwright/kernel/crash-point";
import { planned, waves } from "./waves.ts";

it("hits every named point in a round", () => {
  expect([...planned(1).keys()].sort()).toEqual([...crashPoints].sort());
});

it("tells a service one thing at a time", () => {
  for (const wave of waves) {
    const services = wave.map(({ service }) => service);
    expect(new Set(services).size).toBe(services.length);
  }
});
