/** The services that own data; the gateway stands before them. */
export const serviceNames = [
  "identity",
  "catalog",
  "order",
  "payment",
  "inventory",
  "shipping",
  "notification",
  "analytics",
] as const;
export type ServiceName = (typeof serviceNames)[number];
