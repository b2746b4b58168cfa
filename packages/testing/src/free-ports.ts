import { once } from "node:events";
import { createServer } from "node:net";

/**
 * The first of `count` ports in a row that were free a moment ago, below those the system hands out itself: any connection
 * may get one of them before its server listens.
 */
export async function freePorts(count: number): Promise<number> {
  const first = 10_000 + Math.floor(Math.random() * 20_000);
  const row = Array.from({ length: count }, (_, index) => first + index);
  const free = await Promise.all(row.map(isFree));
  return free.every(Boolean) ? first : freePorts(count);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port), "listening");
  } catch {
    return false;
  }
  await new Promise((closed) => probe.close(closed));
  return true;
}
