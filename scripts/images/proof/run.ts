import { prove } from "./prove.ts";
import { say } from "./shell.ts";

try {
  await prove();
  say("The containers do what they must");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
