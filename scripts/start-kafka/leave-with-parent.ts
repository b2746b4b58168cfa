/** Preloaded into each process that `start:kafka` starts: when that is gone, however it went, this one stops too. */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
