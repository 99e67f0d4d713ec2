import { signal } from "@preact/signals";
import { Refused, SignedOut, json } from "./api.js";
import { backoff } from "./backoff.js";
import { readStream } from "./sse.js";
import { Silence } from "./silence.js";
import { STARTED, apply, reopened } from "./turn-state.js";

/** @import { Failure, TurnState } from "./turn-state.js" */
/** @import { TurnEvent } from "./wire" */

/**
 * Where the turn's events come from. Asking again with the same body attaches to the same turn.
 * @typedef {{ path: string, method: "GET" | "POST", body?: { request_id: string } & Record<string, unknown> }} Source
 */

/**
 * @typedef {object} Listeners
 * @property {() => void} onAccepted the server has the message
 * @property {() => void} onEnded `state` holds how; never called after `leave`
 * @property {() => void} onGone there is nothing to follow (any more): read the thread again
 * @property {() => void} onSignedOut
 */

/** Follows one turn through silence, lost connections and restarts, until `done` or a failure. */
export class Turn {
  /**
   * @param {string} threadId
   * @param {Source} source
   * @param {Listeners} listeners
   */
  constructor(threadId, source, listeners) {
    this.threadId = threadId;
    this.source = source;
    this.listeners = listeners;
    this.now = STARTED;
    /** @type {import("@preact/signals").Signal<TurnState>} what is on the screen, at most one change a frame */
    this.state = signal(this.now);
    this.frame = 0;
    this.heard = false;
    this.cut = new AbortController();
    this.silence = new Silence(() => this.fail({ kind: "silence", text: "", retryable: true, retryAt: null }));
    void this.follow();
  }

  /** Ends the reading; the turn itself goes on at the server. */
  leave() {
    this.silence.end();
    cancelAnimationFrame(this.frame);
    this.cut.abort();
  }

  /** Asks for the same turn again, after a failure that was not the turn's own. */
  retry() {
    this.cut = new AbortController();
    this.set({ ...reopened(this.now), phase: "sending" });
    void this.follow();
  }

  async stop() {
    const body = this.now.turnId === null ? {} : { turn_id: this.now.turnId };
    await json(`/v1/lea/threads/${encodeURIComponent(this.threadId)}/stop`, { method: "POST", body });
  }

  async follow() {
    const { signal: cut } = this.cut;
    this.silence.heard();
    for (let attempt = 0; !cut.aborted; attempt++) {
      this.heard = false;
      try {
        const how = await readStream({ ...this.source, signal: cut, onOpen: () => this.opened(), onEvent: (e) => this.hear(e) });
        if (this.now.phase === "ended") return;
        if (how === "nothing") return this.quit(this.listeners.onGone);
      } catch (error) {
        if (cut.aborted) return;
        if (error instanceof SignedOut) return this.quit(this.listeners.onSignedOut);
        if (error instanceof Refused && this.refused(error)) return;
      }
      if (this.heard) attempt = 0;
      this.set({ ...this.now, lost: true });
      await backoff(attempt, cut);
    }
  }

  opened() {
    this.set(this.now.text || this.now.lost ? reopened(this.now) : { ...this.now, phase: "open" });
  }

  /** @param {TurnEvent} event */
  hear(event) {
    if (this.now.phase === "ended") return;
    this.heard = true;
    if (event.status === "queued") this.silence.suspend();
    else this.silence.heard();
    const wasAccepted = this.now.accepted;
    this.now = apply(this.now, event);
    if (!wasAccepted && this.now.accepted) this.listeners.onAccepted();
    if (this.now.phase === "ended") return this.quit(this.listeners.onEnded);
    this.frame ||= requestAnimationFrame(() => this.set(this.now));
  }

  /**
   * @param {Refused} error
   * @returns {boolean} whether that is the end; a turn the server already has is asked for again
   */
  refused(error) {
    const passing = error.status === 429 || error.status >= 502;
    if (this.now.accepted && passing) return false;
    this.fail({
      kind: error.status === 429 ? "limit" : "refused",
      text: error.message,
      retryable: error.status === 429 || error.status >= 500,
      retryAt: error.retryAfter === null ? null : Date.now() + error.retryAfter * 1000,
    });
    return true;
  }

  /** @param {Failure} failure */
  fail(failure) {
    this.set({ ...this.now, phase: "ended", lost: false, failure });
    this.quit(this.listeners.onEnded);
    this.cut.abort();
  }

  /** @param {() => void} tell */
  quit(tell) {
    this.silence.end();
    this.set(this.now);
    tell();
  }

  /** @param {TurnState} state */
  set(state) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.now = state;
    this.state.value = state;
  }
}
