export type Event = {
  readonly at: number;
  /** Orders events of one time. */
  readonly tie: number;
  action: () => void;
};

/** A binary heap: the earliest event first. */
export class EventHeap {
  readonly #events: Event[] = [];

  push(event: Event): void {
    const events = this.#events;
    let place = events.length;
    events.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = events[above];
      if (parent === undefined || isBefore(parent, event)) break;
      events[place] = parent;
      place = above;
    }
    events[place] = event;
  }

  /** When the next event is; undefined when there is none. */
  next(): number | undefined {
    return this.#events[0]?.at;
  }

  pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (last !== undefined && events.length > 0) this.#sink(last);
    return first;
  }

  /** Puts `event` on top and lets it down to its place. */
  #sink(event: Event): void {
    const events = this.#events;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const child = earlier(events, left, right);
      const next = events[child];
      if (next === undefined || isBefore(event, next)) break;
      events[place] = next;
      place = child;
    }
    events[place] = event;
  }
}

function earlier(
  events: readonly Event[],
  left: number,
  right: number,
): number {
  const one = events[left];
  const other = events[right];
  return one !== undefined && other !== undefined && isBefore(other, one)
    ? right
    : left;
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.tie < other.tie);
