import { bothTaps, partition } from "./partition.ts";

/** A request as every client begins it. */
function request(client: string): Buffer {
  const header = Buffer.alloc(14);
  header.writeInt32BE(10 + client.length, 0);
  header.writeInt16BE(client.length, 12);
  return Buffer.concat([header, Buffer.from(client)]);
}
const answer = Buffer.from("an answer");

it("keeps what a client and the brokers say to each other, and nothing of others", () => {
  const cut = partition();
  cut.cutOff("order");
  const order = cut.tap();
  const payment = cut.tap();
  expect(order.fromClient(request("order"))).toBe("drop");
  expect(order.fromServer(answer)).toBe("drop");
  expect(payment.fromClient(request("payment"))).toBe("pass");
  expect(payment.fromServer(answer)).toBe("pass");
});

it("recognises a client whose name arrives in pieces, and one that was there before", () => {
  const cut = partition();
  const tap = cut.tap();
  const bytes = request("order");
  expect(tap.fromClient(bytes.subarray(0, 16))).toBe("pass");
  expect(tap.fromClient(bytes.subarray(16))).toBe("pass");
  cut.cutOff("order");
  expect(tap.fromServer(answer)).toBe("drop");
});

it("resets what was torn once the way is open, and lets new connections through", () => {
  const cut = partition();
  cut.cutOff("order");
  const torn = cut.tap();
  torn.fromClient(request("order"));
  cut.rejoin("order");
  expect(torn.fromClient(request("order"))).toBe("cut");
  expect(cut.tap().fromClient(request("order"))).toBe("pass");
});

it("lets the harder of two verdicts count", () => {
  const cut = partition();
  cut.cutOff("order");
  const passing = () => ({
    fromClient: () => "pass" as const,
    fromServer: () => "cut" as const,
  });
  const tap = bothTaps(passing, cut.tap)();
  expect(tap.fromClient(request("order"))).toBe("drop");
  expect(tap.fromServer(answer)).toBe("cut");
});
