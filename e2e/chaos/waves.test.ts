import { crashPoints } from "@cartwright/kernel/crash-point";
import { kills, stops, turns, wavesOf } from "./waves.ts";

const everyPoint = [...crashPoints].sort();
const pointsOf = (waves: typeof kills, signal: string) =>
  [
    ...new Set(
      waves
        .flat()
        .filter((crash) => crash.signal === signal)
        .map(({ point }) => point),
    ),
  ].sort();

it("kills at every named point in each round", () => {
  for (let turn = 0; turn < turns; turn += 1)
    expect(pointsOf(wavesOf(turn), "SIGKILL")).toEqual(everyPoint);
});

it("stops at every named point once all have had their turn, whichever was the first", () => {
  for (const first of [0, 3, 20_787]) {
    const rounds = Array.from({ length: turns }, (_, turn) =>
      wavesOf(first + turn),
    );
    expect(pointsOf(rounds.flat(), "SIGSTOP")).toEqual(everyPoint);
  }
});

it("takes as long in every turn: two waves of stops", () => {
  for (let turn = 0; turn < turns; turn += 1)
    expect(wavesOf(turn)).toHaveLength(kills.length + 2);
});

it("tells a service one thing at a time", () => {
  for (const wave of [...kills, ...stops]) {
    const services = wave.map(({ service }) => service);
    expect(new Set(services).size).toBe(services.length);
  }
});
