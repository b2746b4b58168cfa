import { anAddress, type OrderWish, type Product } from "../support/shop.ts";

/** What the shelves hold: plenty of everything but one. */
export type Shelves = {
  readonly plenty: readonly Product[];
  /** Wanted by many, with few units: bought out at once, and after every delivery. */
  readonly scarce: Product;
};

/** What a shopper does once the order is accepted. */
export type Sequel =
  "nothing" | "cancel at once" | "cancel later" | "repeat" | "misuse";

export type Fate = {
  readonly wish: (shelves: Shelves, index: number) => OrderWish;
  readonly then?: Sequel;
};

const plain: Fate["wish"] = ({ plenty }, index) => ({
  items: [...Array(1 + (index % 2)).keys()].map((line) => {
    const product = plenty[(index + line) % plenty.length];
    return { productId: product?.id ?? "", quantity: 1 };
  }),
});
const paying =
  (paymentToken: string): Fate["wish"] =>
  (shelves, index) => ({ ...plain(shelves, index), paymentToken });

/** In fifty orders, how many have which fate; the rest are plain. */
const shares: readonly (readonly [count: number, fate: Fate])[] = [
  [6, { wish: ({ scarce }) => oneOf(scarce) }],
  [3, { wish: paying("tok_declined") }],
  [1, { wish: paying("tok_capture_declined") }],
  [1, { wish: paying("tok_delayed") }],
  [1, { wish: paying("tok_timeout") }],
  [2, { wish: notDeliverable }],
  [2, { wish: plain, then: "cancel at once" }],
  [2, { wish: plain, then: "cancel later" }],
  [1, { wish: plain, then: "repeat" }],
  [1, { wish: plain, then: "misuse" }],
];
const round = 50;
const fates: readonly Fate[] = shares.flatMap(([count, fate]) =>
  Array<Fate>(count).fill(fate),
);
/** Shares no factor with the round, so that fates come mixed. */
const stride = 7;

export const fateOf = (index: number): Fate =>
  fates[(index * stride) % round] ?? { wish: plain };

function oneOf({ id }: Product): OrderWish {
  return { items: [{ productId: id, quantity: 1 }] };
}

/** Refused by the carrier, after stock and money are held. */
function notDeliverable(shelves: Shelves, index: number): OrderWish {
  return {
    ...plain(shelves, index),
    shippingAddress: { ...anAddress, postalCode: "00000" },
  };
}
