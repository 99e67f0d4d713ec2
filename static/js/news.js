import { signal } from "@preact/signals";

const MOST = 500;

/**
 * The newest that is known of things that change after they were told, wherever it was told.
 * @template {{ id: string }} T
 */
export class News {
  /** @param {(one: T) => number} rank a higher one is never followed by a lower one */
  constructor(rank) {
    this.rank = rank;
    this.known = signal(/** @type {Map<string, T>} */ (new Map()));
  }

  /** @param {T} one */
  hear(one) {
    const before = this.known.peek().get(one.id);
    if (before && this.rank(before) > this.rank(one)) return;
    const rest = [...this.known.peek()].filter(([id]) => id !== one.id);
    this.known.value = new Map([...rest.slice(1 - MOST), [one.id, one]]);
  }

  /**
   * @param {T} one as it was told some time
   * @returns {T}
   */
  latest(one) {
    const news = this.known.value.get(one.id);
    return news && this.rank(news) >= this.rank(one) ? news : one;
  }

  forget() {
    this.known.value = new Map();
  }
}
