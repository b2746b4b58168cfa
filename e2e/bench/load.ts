import { newId } from "@cartwright/kernel/ids";
import { Connection } from "./connection.ts";
import { orderRequest } from "./order-request.ts";
import type { LoadCommand, LoadPlan, LoadReport } from "./load-plan.ts";

/** The shoppers: a process of its own, so that its CPU is not taken for the platform's. */

/** So many orders are posted a second time, as a nervous client would. */
const repeats = 0.005;

let plan: LoadPlan | undefined;
let running = 0;
let stopped = false;
let measuring = false;
let cpuAtStart = process.cpuUsage();
const free: Connection[] = [];
const due: number[] = [];
let underWay = 0;
let acceptedInAll = 0;
let repeated = 0;
let longestQueue = 0;
const latencies: number[] = [];
const failures: Record<string, number> = {};

process.on("message", (command: LoadCommand) => {
  switch (command.kind) {
    case "start":
      start(command.plan);
      break;
    case "running":
      running = command.orders;
      fill();
      break;
    case "measure":
      measuring = true;
      cpuAtStart = process.cpuUsage();
      break;
    case "stop":
      void stop();
      break;
  }
});

// Whoever sent us shopping is gone.
process.once("disconnect", () => process.exit());

function start(given: LoadPlan): void {
  plan = given;
  for (let i = 0; i < given.connections; i += 1)
    free.push(new Connection(given.host, given.port));
  if (given.rate === undefined) fill();
  else arrive(given.rate, performance.now());
}

/** Orders arrive as if nobody knew of the others: the gaps between them are exponential. */
function arrive(rate: number, first: number): void {
  let next = first;
  const now = performance.now();
  while (next <= now) {
    due.push(next);
    next += (-Math.log(1 - Math.random()) / rate) * 1_000;
  }
  send();
  if (!stopped) setTimeout(() => arrive(rate, next), Math.max(1, next - now));
}

/** Without a rate: as many as fit. What was accepted since the last count is taken to be still on its way. */
function fill(): void {
  if (!plan || plan.rate !== undefined || stopped) return;
  const room = plan.inFlight - running - underWay - due.length;
  const now = performance.now();
  for (let i = 0; i < Math.min(room, free.length); i += 1) due.push(now);
  send();
}

function send(): void {
  while (plan && due.length > 0 && free.length > 0) {
    const connection = free.pop();
    const at = due.shift();
    if (!connection || at === undefined) return;
    longestQueue = Math.max(longestQueue, performance.now() - at);
    underWay += 1;
    void order(plan, connection, at).finally(() => {
      underWay -= 1;
      free.push(connection);
      send();
    });
  }
}

async function order(
  given: LoadPlan,
  connection: Connection,
  at: number,
): Promise<void> {
  const counts = measuring;
  const request = orderRequest(given, newId());
  try {
    const { status } = await connection.send(request);
    if (status !== 202) {
      fail(String(status));
      return;
    }
    running += 1;
    acceptedInAll += 1;
    if (counts && !stopped) latencies.push(performance.now() - at);
    if (Math.random() < repeats) {
      repeated += 1;
      const again = await connection.send(request);
      if (again.status !== 202) fail(`repeat ${again.status}`);
    }
  } catch {
    fail("0");
  }
}

function fail(status: string): void {
  failures[status] = (failures[status] ?? 0) + 1;
}

async function stop(): Promise<void> {
  stopped = true;
  const cpu = process.cpuUsage(cpuAtStart);
  due.length = 0;
  while (underWay > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const connection of free) connection.close();
  const report: LoadReport = {
    acceptedInAll,
    accepted: latencies.length,
    repeated,
    latencies: latencies.sort((a, b) => a - b),
    failures,
    cpuMilliseconds: (cpu.user + cpu.system) / 1_000,
    longestQueue,
  };
  process.send?.(report, () => process.disconnect());
}
