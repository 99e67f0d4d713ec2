import { signal } from "@preact/signals";
import { calm } from "./settings.js";

/** @import { TurnState } from "./turn-state.js" */

/** What is behind is told in about this time: long enough to even out a network, short enough not to be felt. */
const EVEN_MS = 200;
/** A frame that came late counts as this, so that a slow machine does not tell a burst at once either. */
const FRAME_MS = 50;
/** After the last word has come, the rest is told within this. */
const END_MS = 300;
/** Where frames do not come, in a hidden tab, the end does not wait for them. */
const PATIENCE_MS = 1000;

/** What is on the screen of a turn: changed at most once a frame, its text word by word in whatever pieces it came. */
export class Pace {
  /** @param {TurnState} now */
  constructor(now) {
    this.now = now;
    this.shown = now.text.length;
    this.last = 0;
    this.frame = 0;
    /** @type {{ tell: () => void, from: number, timer: ReturnType<typeof setTimeout> } | null} */
    this.ending = null;
    this.state = signal(now);
  }

  /**
   * Everything but the text is shown at once.
   * @param {TurnState} now
   */
  show(now) {
    this.now = now;
    if (now.phase === "ended") this.shown = now.text.length;
    this.put();
  }

  /** What was said before one came is no news. */
  catchUp() {
    this.shown ||= this.now.text.length;
  }

  /** @param {TurnState} now shown at the next frame */
  soon(now) {
    // A card stands below what was said before it.
    const before = this.state.peek();
    if (now.actions !== before.actions || now.confirmations !== before.confirmations) this.shown = now.text.length;
    this.now = now;
    this.frame ||= requestAnimationFrame((at) => this.tick(at));
  }

  /**
   * The last word has come.
   * @param {TurnState} now
   * @param {() => void} tell called once it is on the screen
   */
  end(now, tell) {
    this.now = now;
    if (this.shown >= now.text.length || document.hidden || calm()) return tell();
    const timer = setTimeout(() => this.finish(), PATIENCE_MS);
    this.ending = { tell, from: now.text.length - this.shown, timer };
    this.soon(now);
  }

  /** What is still to be told of a turn that has ended is told now. */
  finish() {
    const tell = this.ending?.tell;
    this.leave();
    tell?.();
  }

  leave() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.ending?.timer);
    this.frame = 0;
    this.ending = null;
  }

  /** @param {number} at */
  tick(at) {
    this.frame = 0;
    const passed = Math.min(Math.max(at - this.last, 1), FRAME_MS);
    this.last = at;
    this.shown = this.reached(passed);
    if (this.shown < this.now.text.length) this.frame = requestAnimationFrame((next) => this.tick(next));
    else if (this.ending) return this.finish();
    this.put();
  }

  /**
   * Always a whole word further, so that none is seen to grow.
   * @param {number} passed milliseconds
   */
  reached(passed) {
    const { text } = this.now;
    const behind = text.length - this.shown;
    if (behind <= 0 || calm()) return text.length;
    const evenly = behind * (1 - Math.exp(-passed / EVEN_MS));
    const atEnd = this.ending ? (this.ending.from * passed) / END_MS : 0;
    const least = this.shown + Math.ceil(Math.max(evenly, atEnd));
    const space = text.slice(least).search(/\s/);
    return space < 0 ? text.length : least + space;
  }

  put() {
    const { now, shown } = this;
    const text = shown < now.text.length ? now.text.slice(0, shown) : now.text;
    this.state.value = { ...now, text, phase: this.ending ? "open" : now.phase };
  }
}
