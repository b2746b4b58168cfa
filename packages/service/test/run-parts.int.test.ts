import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

it("ends the process with 1 when a part is dead, after its last line has left, however slow the reader", async () => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "dead-part.ts")],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  await sleep(1_000); // a reader that is late: the pipe is full by then
  const lines = (await text(child.stdout)).trim().split("\n");
  expect(await ended).toEqual([1, null]);
  const logged = lines.map((line) => JSON.parse(line) as { message: string });
  expect(logged[0]).toMatchObject({
    level: "error",
    message: "a part is dead, so the process ends",
    part: "consumer: nothing fetched for 60 s",
  });
  expect(logged).toHaveLength(2_002);
  expect(logged.at(-1)).toMatchObject({ message: "stopped" });
});
