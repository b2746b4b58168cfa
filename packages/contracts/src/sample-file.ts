/** The golden sample of a message type, under `samples/`: `order.OrderCreated.v1` → `order/order-created.v1.json`. */
export function sampleFile(type: string): string {
  const [domain = "", name = "", version = ""] = type.split(".");
  const kebab = name
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
  return `${domain}/${kebab}.${version}.json`;
}
