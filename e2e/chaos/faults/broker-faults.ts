import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Chaos, Fault, FaultOutcome } from "../chaos.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { readiness } from "./readiness.ts";
import type { Surroundings } from "./surroundings.ts";

type Given = () => Surroundings;

/** One of three brokers dies and comes back. */
export const brokerKilled = (given: Given): Fault => ({
  id: "F16",
  name: "broker-killed",
  about:
    "kill -9 of one of three brokers, back after orders have ended without it",
  async run(chaos) {
    const [broker] = given().cluster.brokers;
    await broker?.kill();
    const without = await chaos.canary();
    await broker?.start();
    return { injected: 1, recoveries: [without, await chaos.canary()] };
  },
});

/** Each broker in turn leaves in good order and comes back. */
export const rollingRestart = (given: Given): Fault => ({
  id: "F16",
  name: "brokers-restarted",
  about: "a rolling restart of the three brokers",
  async run(chaos) {
    const recoveries = [];
    for (const broker of given().cluster.brokers) {
      await broker.stop();
      recoveries.push(await chaos.canary());
      await broker.start();
    }
    return { injected: recoveries.length, recoveries };
  },
});

const downFor = seconds(60);

/** No broker at all for a minute: orders are accepted, and end once it is back. */
export const kafkaDown = (given: Given): Fault => ({
  id: "F14",
  name: "kafka-down",
  about: `all brokers killed for ${downFor / 1_000} s; the shop stays ready and accepts orders`,
  async run(chaos) {
    const { brokers } = given().cluster;
    const before = chaos.accepted();
    await Promise.all(brokers.map((broker) => broker.kill()));
    const ready = readiness(chaos.platform);
    await sleep(downFor);
    const { looks, failures } = await ready.end();
    const accepted = chaos.accepted() - before;
    await Promise.all(brokers.map((broker) => broker.start()));
    const recovery = await chaos.canary();
    if (failures.length > 0)
      throw new Error(`Not ready without a broker: ${failures.join(", ")}`);
    if (accepted === 0) throw new Error("Without a broker nobody could order.");
    return {
      injected: 1,
      recoveries: [recovery],
      notes: [
        `${accepted} orders were accepted meanwhile; every service was ready in each of ${looks} looks`,
      ],
    };
  },
});

const thefts = 20;

/** The records are on the brokers, and the producer hears nothing but the end of its connection. */
export const acksLost = (given: Given): Fault => ({
  id: "F15",
  name: "acks-lost",
  about: `${thefts} connections cut after the append, before the acknowledgement`,
  async run(chaos) {
    const { acks } = given();
    const stolen = await oneAtATime(thefts, acks);
    return outcome(chaos, stolen);
  },
});

const slowBy = seconds(2);
const slowFor = seconds(15);

/** Every byte to and from the brokers takes its time. */
export const slowBrokers = (given: Given): Fault => ({
  id: "F18",
  name: "brokers-slow",
  about: `${slowBy / 1_000} s of latency to every broker for ${slowFor / 1_000} s`,
  async run(chaos) {
    const proxies = given().kafkaProxies;
    for (const proxy of proxies) proxy.delay(slowBy);
    await sleep(slowFor);
    for (const proxy of proxies) proxy.delay(0);
    return outcome(chaos, 1);
  },
});

export const outcome = async (
  chaos: Chaos,
  injected: number,
): Promise<FaultOutcome> => ({
  injected,
  recoveries: [await chaos.canary()],
});
