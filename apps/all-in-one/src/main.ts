import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Before anything else is loaded, so that a second start finds everything compiled.
enableCompileCache(join(import.meta.dirname, "../../../.cache/node"));
await import("./all-in-one.ts");
