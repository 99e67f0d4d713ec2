import { signal } from "@preact/signals";
import { Refused } from "./api.js";

/**
 * Something that is read from the server when asked for; what was read stays while it is read again.
 * @template T
 */
export class Reading {
  /** @param {() => Promise<T>} ask */
  constructor(ask) {
    this.ask = ask;
    this.value = signal(/** @type {T | null} */ (null));
    /** @type {import("@preact/signals").Signal<"ready" | "loading" | "failed" | "missing">} */
    this.state = signal("loading");
    this.asked = 0;
  }

  /** The last of several that overlap counts. */
  async read() {
    const number = ++this.asked;
    this.state.value = "loading";
    try {
      const value = await this.ask();
      if (number !== this.asked) return;
      this.value.value = value;
      this.state.value = "ready";
    } catch (error) {
      if (number !== this.asked) return;
      this.state.value = error instanceof Refused && error.status === 404 ? "missing" : "failed";
    }
  }

  forget() {
    this.asked++;
    this.value.value = null;
    this.state.value = "loading";
  }
}
