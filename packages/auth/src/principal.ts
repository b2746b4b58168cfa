/** What a token may be good for; every route that is not public names the one it needs. */
export const scopes = [
  "catalog.write",
  "inventory.read",
  "inventory.write",
  "orders.read",
  "orders.write",
  "payments.read",
  "payments.write",
  "shipments.read",
  "shipments.write",
  "notifications.read",
  "notifications.write",
  "analytics.read",
  "users.read",
  "users.write",
  "contacts.read",
  "parked.read",
  "sagas.read",
  "sagas.write",
] as const;
export type Scope = (typeof scopes)[number];

export const roles = ["customer", "staff", "operator", "service"] as const;
export type Role = (typeof roles)[number];

const notForStaff: ReadonlySet<Scope> = new Set([
  "sagas.read",
  "sagas.write",
  "contacts.read",
  "parked.read",
  "users.write",
]);

const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  customer: [
    "orders.read",
    "orders.write",
    "payments.read",
    "shipments.read",
    "notifications.read",
  ],
  staff: scopes.filter((scope) => !notForStaff.has(scope)),
  operator: scopes,
  service: ["contacts.read", "parked.read"],
};

/** What the roles allow together, each scope once. */
export const scopesOf = (held: readonly Role[]): readonly Scope[] => [
  ...new Set(held.flatMap((role) => scopesOfRole[role])),
];

/** Who is calling, as the verified token says. */
export type Principal = {
  /** The user's id, or the API client's name for a service. */
  readonly id: string;
  readonly roles: readonly Role[];
  readonly scopes: ReadonlySet<Scope>;
};

/** Staff see everybody's; customers only their own. */
export const isStaff = (principal: Principal): boolean =>
  principal.roles.some(
    (role) => role === "staff" || role === "operator" || role === "service",
  );
