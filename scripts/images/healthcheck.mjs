/** Whether the service of this container answers that it is ready; there is no shell, nor curl, to ask with. */
const { PORT = "8080" } = process.env;
const answer = await fetch(`http://127.0.0.1:${PORT}/health/ready`, {
  signal: AbortSignal.timeout(2_000),
}).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
