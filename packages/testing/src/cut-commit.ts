import type pg from "pg";

type Sent = { readonly name?: string; readonly text?: string };
type Connect = (callback?: unknown) => Promise<pg.PoolClient>;

/**
 * The pool's next transaction in which the named statement is sent is committed, and its connection
 * breaks before the client hears of it. Says whether that has happened yet.
 */
export function cutNextCommit(pool: pg.Pool, statement: string): () => boolean {
  const connect = pool.connect.bind(pool) as Connect;
  let isCut = false;
  const cutting: Connect = async (callback) => {
    if (callback !== undefined) return connect(callback); // a single query, no transaction
    const client = await connect();
    if (!isCut) watch(client);
    return client;
  };

  function watch(client: pg.PoolClient): void {
    const query = client.query.bind(client) as (sent: Sent) => Promise<unknown>;
    let isMeant = false;
    const watched = async (sent: Sent): Promise<unknown> => {
      const answer = await query(sent);
      isMeant ||= sent.name === statement;
      if (isCut || !isMeant || sent.text !== "COMMIT") return answer;
      isCut = true;
      streamOf(client).destroy();
      return query({ text: "SELECT 1" }); // what a client is told whose connection is gone
    };
    client.query = watched as typeof client.query;
    client.release = restoring(client, query);
  }

  pool.connect = cutting as typeof pool.connect;
  return () => isCut;
}

/** Gives the client back as it was. */
function restoring(client: pg.PoolClient, query: unknown) {
  const release = client.release.bind(client);
  return (error?: Error | boolean): void => {
    client.query = query as typeof client.query;
    release(error);
  };
}

const streamOf = (client: pg.PoolClient) =>
  (
    client as unknown as {
      readonly connection: { readonly stream: { destroy(): void } };
    }
  ).connection.stream;
