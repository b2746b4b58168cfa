import { recordRuns } from "@cartwright/saga/recording";
import {
  startTestServer,
  stopTestServer,
} from "@cartwright/testing/test-server";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { anOrderService } from "../an-order-service.ts";
import { play } from "./play.ts";
import { fileOf } from "./recordings.ts";
import { stories } from "./stories.ts";

/**
 * Plays the stories that have no recording yet with a real order service on a real database, and keeps
 * what its sagas did. A recording is never made anew by itself: it is what a release once did.
 */
await startTestServer();
const service = await anOrderService({ env: { SAGA_TIME_SCALE: "1" } });
try {
  for (const [story, happenings] of Object.entries(stories)) {
    if (existsSync(fileOf(story))) continue;
    const recorder = recordRuns(service.platform.db);
    await play(service, happenings);
    const runs = await recorder.end();
    mkdirSync(dirname(fileOf(story)), { recursive: true });
    const text = JSON.stringify({ story, runs }, null, 2);
    writeFileSync(fileOf(story), `${text}\n`);
    process.stdout.write(`Recorded: ${story}.\n`);
  }
} finally {
  await service.stop();
  await stopTestServer();
}
