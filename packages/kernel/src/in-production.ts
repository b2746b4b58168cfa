/** Whether this process serves customers: what is for tests and for trying things out is refused there. */
export const inProduction = (): boolean =>
  process.env["NODE_ENV"] === "production";
