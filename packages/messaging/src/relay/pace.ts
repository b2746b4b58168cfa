import { milliseconds, type Duration } from "@cartwright/kernel/duration";

/** Where something was found more may follow, and nobody rings: another process of the service has committed it. */
const soonest: Duration = milliseconds(20);
const idle: Duration = milliseconds(250);

/** How long a relay waits for a ring before it looks by itself: a moment after it has found something, then twice as long each time. */
export class Pace {
  #wait = idle;

  after(look: { readonly found: boolean }): Duration {
    this.#wait = look.found ? soonest : Math.min(this.#wait * 2, idle);
    return this.#wait;
  }
}
