/** What `read` makes of things where `NODE_ENV` says production, as in every image. */
export function asInProduction<T>(read: () => T): T {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    return read();
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}
