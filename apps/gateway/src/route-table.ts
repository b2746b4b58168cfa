import { serviceNames, type ServiceName } from "@cartwright/contracts/services";

/**
 * `ignored`: the caller shows something else, a password, a refresh token or a signature, and an old token must not
 * stand in the way. `optional`: one that is sent is checked. `needed`: 401 without one.
 */
export type TokenUse = "ignored" | "optional" | "needed";

/** Where a request goes and what it needs to get there. */
export type Destination = {
  readonly service: ServiceName;
  /** The path the service knows, with the query. */
  readonly url: string;
  readonly token: TokenUse;
  /**
   * Where the service is asked even so: some other request to this path is public, or no route has such a method.
   * It knows whether there is one (405 if not), and what that one needs.
   */
  readonly isLeftToService: boolean;
  /** Which limit counts it. */
  readonly rate: "default" | "login";
};

const NEWEST = "v1";

/** The first segment after the version decides the service. */
const services: ReadonlyMap<string, ServiceName> = new Map([
  ["auth", "identity"],
  ["oauth", "identity"],
  [".well-known", "identity"],
  ["users", "identity"],
  ["products", "catalog"],
  ["categories", "catalog"],
  ["inventory", "inventory"],
  ["warehouses", "inventory"],
  ["reservations", "inventory"],
  ["orders", "order"],
  ["sagas", "order"],
  ["payments", "payment"],
  ["shipping", "shipping"],
  ["shipments", "shipping"],
  ["addresses", "shipping"],
  ["notifications", "notification"],
  ["templates", "notification"],
  ["analytics", "analytics"],
  ["audit", "analytics"],
]);

/** Requests by method and path behind the version; what is not listed needs a token. */
const publicRequests: readonly (readonly [method: string, path: RegExp])[] = [
  ["POST", /^auth\/(register|login|refresh|logout)$/],
  ["POST", /^oauth\/token$/],
  ["GET", /^\.well-known\/[\w-]+(\.json)?$/],
  ["GET", /^products(\/.*)?$/],
  ["GET", /^categories(\/.*)?$/],
  ["GET", /^inventory\/[^/]+$/],
  ["GET", /^shipping\/rates$/],
  ["POST", /^addresses\/validation$/],
  ["POST", /^payments\/webhooks\/[\w-]+$/],
];

/** Their callers prove themselves in another way. */
const provenOtherwise =
  /^POST (auth\/\w+|oauth\/token|payments\/webhooks\/[\w-]+)$/;

/** Those that routes have. */
const methods = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** Whoever guesses passwords or secrets, or makes up accounts, comes this way. */
const loginRequests = /^POST (auth\/(register|login)|oauth\/token)$/;

const API_PATH = /^\/api\/(?:(v\d+)\/)?([^?]+)(\?.*)?$/s;
const WELL_KNOWN = /^\/(\.well-known\/[^?]+)(\?.*)?$/s;

/** Undefined when no service answers there. */
export function destinationOf(
  method: string,
  url: string,
): Destination | undefined {
  const [, root] = WELL_KNOWN.exec(url) ?? [];
  if (root) return destination(method, root, url);
  const [, version = NEWEST, path, query = ""] = API_PATH.exec(url) ?? [];
  if (!path || version !== NEWEST) return undefined;
  return destination(method, path, `/api/${version}/${path}${query}`);
}

function destination(
  method: string,
  path: string,
  url: string,
): Destination | undefined {
  const [first = "", second = ""] = path.split("/", 2);
  const service = first === "operations" ? named(second) : services.get(first);
  if (!service) return undefined;
  const verb = method === "HEAD" ? "GET" : method;
  const request = `${verb} ${path}`;
  return {
    service,
    url,
    token: tokenUseOf(verb, path),
    isLeftToService:
      !methods.has(verb) || publicRequests.some(([, open]) => open.test(path)),
    rate: loginRequests.test(request) ? "login" : "default",
  };
}

function tokenUseOf(verb: string, path: string): TokenUse {
  const isPublic = publicRequests.some(
    ([method, open]) => method === verb && open.test(path),
  );
  if (!isPublic) return "needed";
  return provenOtherwise.test(`${verb} ${path}`) ? "ignored" : "optional";
}

/** Every service lets operators look into it, below its name. */
const named = (name: string): ServiceName | undefined =>
  serviceNames.find((known) => known === name);
