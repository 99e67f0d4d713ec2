const FIRST_MS = 150;
const TRIES = 5;

/**
 * What happens to a conversation in other tabs and on other devices: when to read it again, and when that has to wait
 * because this tab is in the middle of something.
 */
export class Elsewhere {
  /** @param {{ idle: () => boolean, shown: () => boolean, read: () => Promise<void> }} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    /** @type {Set<string>} turns this tab follows or has read to their end */
    this.known = new Set();
    /** Something happened that is not on the page yet. */
    this.stale = false;
    this.timer = 0;
  }

  /** @param {string} turnId */
  follows(turnId) {
    this.known.add(turnId);
  }

  /** @param {string} turnId */
  leaves(turnId) {
    this.known.delete(turnId);
  }

  /** @param {string} turnId */
  began(turnId) {
    if (!this.known.has(turnId)) void this.find(turnId, 0);
  }

  /** @param {string} turnId */
  ended(turnId) {
    if (!this.known.has(turnId)) this.changed();
  }

  /** Reads what is shown again, now or as soon as this tab is done with its own. */
  changed() {
    this.stale = true;
    this.catchUp();
  }

  catchUp() {
    if (!this.stale || !this.conversation.idle() || !this.conversation.shown()) return;
    void this.conversation.read();
  }

  /**
   * A turn is told of before its message is saved, so it may not be there at the first look.
   * @param {string} turnId
   * @param {number} tries
   */
  async find(turnId, tries) {
    this.stale = true;
    if (!this.conversation.idle() || !this.conversation.shown()) return;
    await this.conversation.read();
    if (this.known.has(turnId) || tries === TRIES) return;
    this.timer = window.setTimeout(() => {
      if (!this.known.has(turnId)) void this.find(turnId, tries + 1);
    }, FIRST_MS * 2 ** tries);
  }

  close() {
    clearTimeout(this.timer);
  }
}
