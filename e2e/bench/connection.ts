import { connect, type Socket } from "node:net";

export type Answer = { readonly status: number; readonly body: string };

/** One keep-alive connection that carries one request at a time, as cheaply as can be. */
export class Connection {
  readonly #open: () => Socket;
  #socket: Socket | undefined;
  #received = "";
  #settle:
    { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(host: string, port: number) {
    this.#open = () => connect({ host, port, noDelay: true });
  }

  /** Sends a whole HTTP/1.1 request as it stands. */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket ??= this.#connected();
      this.#socket.write(request, "latin1");
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connected(): Socket {
    const socket = this.#open();
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", (error) => this.#lost(error));
    socket.on("close", () =>
      this.#lost(new Error("the connection was closed")),
    );
    return socket;
  }

  #read(text: string): void {
    this.#received += text;
    const answer = answerIn(this.#received);
    if (!answer) return;
    this.#received = "";
    this.#settle?.resolve(answer);
    this.#settle = undefined;
  }

  #lost(error: Error): void {
    this.#socket = undefined;
    this.#received = "";
    this.#settle?.reject(error);
    this.#settle = undefined;
  }
}

/** The answer, once all of it has come: either its length is stated or it is chunked. */
function answerIn(text: string): Answer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  const complete =
    length === undefined
      ? body.endsWith("0\r\n\r\n")
      : body.length >= Number(length);
  return complete ? { status: Number(head.slice(9, 12)), body } : undefined;
}
