/** What can befall an order's saga: an answer to the command in hand, silence, a customer or an operator. */
export type Happening =
  | "yes"
  | "no"
  /** The last answer once more, in a message of its own. */
  | "again"
  /** A yes to the first command of all. */
  | "late"
  | "silence"
  /** Silence for longer than a saga bears. */
  | "long silence"
  | "the customer cancels"
  | "an operator retries"
  | "an operator skips"
  | "an operator compensates"
  | "an operator closes it as compensated"
  | "an operator closes it as completed";

const reserved = ["yes"] as const;
const authorized = [...reserved, "yes"] as const;
/** The capture is asked for. */
const atThePivot = [...authorized, "yes"] as const;
const confirmed = [...atThePivot, "yes"] as const;
const completed = [...confirmed, "yes"] as const;
const undone = (steps: number) => Array<"yes">(steps).fill("yes");

/** One order each, from its placing to its end. The recordings bear these names. */
export const stories: Readonly<Record<string, readonly Happening[]>> = {
  confirmed: completed,
  "confirmed, though nobody can be told": [...confirmed, "no"],
  "confirmed after silences behind the pivot": [
    ...atThePivot,
    ...(["silence", "yes", "silence", "yes"] as const),
  ],
  "confirmed after answers came twice": [
    ...(["yes", "again", "yes", "again", "yes", "again"] as const),
    ...(["yes", "again", "yes", "again"] as const),
  ],

  "out of stock": ["no"],
  "card declined": [...reserved, "no", ...undone(1)],
  "address refused": [...authorized, "no", ...undone(2)],
  "capture refused": [...atThePivot, "no", ...undone(3)],

  "inventory silent": ["silence", ...undone(1)],
  "inventory silent, its answer late": ["silence", "late", ...undone(1)],
  "payment silent": [...reserved, "silence", ...undone(2)],
  "shipping silent": [...authorized, "silence", ...undone(3)],

  "cancelled before anything is answered": [
    ...(["the customer cancels"] as const),
    ...undone(1),
  ],
  "cancelled while payment is asked": [
    ...reserved,
    "the customer cancels",
    ...undone(2),
  ],
  "cancelled while shipping is asked, and again": [
    ...authorized,
    ...(["the customer cancels", "the customer cancels"] as const),
    ...undone(3),
  ],
  "cancelled while the capture is asked, which succeeds": [
    ...atThePivot,
    ...(["the customer cancels", "yes"] as const),
    ...undone(3),
  ],
  "cancelled while the capture is asked, which is refused": [
    ...atThePivot,
    ...(["the customer cancels", "no"] as const),
    ...undone(3),
  ],
  "cancelled when it was confirmed": [
    ...completed,
    "the customer cancels",
    ...undone(3),
  ],
  "cancelled too late": [...completed, "the customer cancels", "no"],
  "cancelled when it was confirmed, every service silent at first": [
    ...completed,
    "the customer cancels",
    ...(["silence", "yes", "silence", "yes", "silence", "yes"] as const),
  ],
  "cancelled when it was confirmed, the parcel's answer a day late": [
    ...completed,
    "the customer cancels",
    ...(["long silence", "silence", "yes", "yes", "yes"] as const),
  ],

  "an undo sent again and again": [
    ...reserved,
    ...(["no", "silence", "silence", "silence", "yes"] as const),
  ],
  "an undo refused, then done": [
    ...authorized,
    ...(["silence", "no", "silence", "yes", "yes", "yes"] as const),
  ],
  "an undo stuck, then done": [
    ...reserved,
    ...(["no", "long silence", "silence", "yes"] as const),
  ],
  "an undo stuck, retried by an operator": [
    ...reserved,
    ...(["no", "long silence", "an operator retries", "yes"] as const),
  ],
  "an undo stuck, skipped by an operator": [
    ...authorized,
    ...(["no", "long silence", "an operator skips", "yes"] as const),
  ],
  "an undo stuck, closed by an operator": [
    ...authorized,
    ...(["no", "long silence"] as const),
    "an operator closes it as compensated",
  ],
  "the capture stuck, then done": [
    ...atThePivot,
    ...(["long silence", "silence", "yes", "yes"] as const),
  ],
  "the capture stuck, compensated by an operator": [
    ...atThePivot,
    ...(["long silence", "an operator compensates"] as const),
    ...undone(3),
  ],
  "the notice stuck, skipped by an operator": [
    ...confirmed,
    ...(["long silence", "an operator skips"] as const),
  ],
  "the notice stuck, closed by an operator": [
    ...confirmed,
    ...(["long silence", "an operator closes it as completed"] as const),
  ],
};
