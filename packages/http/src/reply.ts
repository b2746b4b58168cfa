/** What a route answers. */
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

type Located = { readonly location: string };

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown, { location }: Located): Reply => ({
  status: 201,
  body,
  headers: { location },
});
export const accepted = (body: unknown, { location }: Located): Reply => ({
  status: 202,
  body,
  headers: { location },
});
export const noContent = (): Reply => ({ status: 204 });
