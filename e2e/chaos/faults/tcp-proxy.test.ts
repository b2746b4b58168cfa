import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { ackThief } from "./kafka-acks.ts";
import { tcpProxy, type Tap, type TcpProxy } from "./tcp-proxy.ts";

let server: Server;
let proxy: TcpProxy | undefined;

/** A server that says back what it hears. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on("error", () => undefined); // a reset is what some tests are about
    socket.pipe(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => proxy?.stop());
afterAll(() => void server.close());

async function throughAProxy(tap?: () => Tap) {
  const target = (server.address() as AddressInfo).port;
  proxy = await tcpProxy({ port: 0, target, ...(tap && { tap }) });
  const client = connect(proxy.port, "127.0.0.1");
  client.on("error", () => undefined);
  await once(client, "connect");
  return { client, through: proxy };
}

const frame = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};
/** As much of a request as an answer begins with: the first four bytes are the correlation id to both. */
const request = (api: number, correlation: number): Buffer => {
  const header = Buffer.alloc(8);
  header.writeInt16BE(api, 0);
  header.writeInt32BE(correlation, 4);
  return header;
};

describe("the proxy", () => {
  it("hands on what it is given, after its latency", async () => {
    const { client, through } = await throughAProxy();
    through.delay(50);
    const begun = performance.now();
    client.write("hello");
    const [answer] = (await once(client, "data")) as [Buffer];
    expect(answer.toString()).toBe("hello");
    expect(performance.now() - begun).toBeGreaterThan(95);
  });

  it("keeps everything to itself while it is frozen, in order", async () => {
    const { client, through } = await throughAProxy();
    through.freeze();
    client.write("one ");
    client.write("two");
    let heard = "";
    client.on("data", (bytes: Buffer) => (heard += bytes.toString()));
    expect(heard).toBe("");
    through.thaw();
    while (heard.length < 7) await once(client, "data");
    expect(heard).toBe("one two");
  });

  it("resets every connection when it cuts", async () => {
    const { client, through } = await throughAProxy();
    const error = once(client, "close").catch((reason: unknown) => reason);
    expect(through.cut()).toBe(1);
    expect(await error).toMatchObject({ code: "ECONNRESET" });
  });
});

describe("the thief of acknowledgements", () => {
  const taps = () => {
    const thief = ackThief();
    return { thief, tap: thief.tap() };
  };
  const answerTo = (correlation: number): Buffer => {
    const header = Buffer.alloc(4);
    header.writeInt32BE(correlation);
    return frame(header, Buffer.from("answer"));
  };

  it("cuts at the answer to a Produce, and lets every other pass", () => {
    const { thief, tap } = taps();
    thief.arm(1);
    tap.fromClient(
      Buffer.concat([
        frame(request(1, 7)),
        frame(request(0, 8), Buffer.alloc(99)),
      ]),
    );
    expect(tap.fromServer(answerTo(7))).toBe("pass");
    expect(tap.fromServer(answerTo(8))).toBe("cut");
    expect(thief.struck()).toBe(1);
  });

  it("finds frames however the network divides them", () => {
    const { thief, tap } = taps();
    thief.arm(1);
    const sent = Buffer.concat([
      frame(request(3, 1), Buffer.alloc(40)),
      frame(request(0, 2), Buffer.alloc(40)),
    ]);
    for (const byte of sent) tap.fromClient(Buffer.from([byte]));
    const verdicts = [...Buffer.concat([answerTo(1), answerTo(2)])].map(
      (byte) => tap.fromServer(Buffer.from([byte])),
    );
    expect(verdicts.indexOf("cut")).toBe(answerTo(1).length + 7);
  });

  it("takes nothing when it is not armed", () => {
    const { tap } = taps();
    tap.fromClient(frame(request(0, 2)));
    expect(tap.fromServer(answerTo(2))).toBe("pass");
  });
});
