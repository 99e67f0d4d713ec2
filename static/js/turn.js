import { Refused, SignedOut, json } from "./api.js";
import { backoff } from "./backoff.js";
import { hearConfirm } from "./confirmations.js";
import { Pace } from "./pace.js";
import { receipts } from "./receipts.js";
import { readStream } from "./sse.js";
import { Silence } from "./silence.js";
import { apply, reopened, startedWith } from "./turn-state.js";

/** @import { Failure, TurnState } from "./turn-state.js" */
/** @import { TurnEvent } from "./wire" */

/**
 * What begins the turn. Asking again with the same body attaches to the same turn.
 * @typedef {{ path: string, method: "GET" | "POST", body?: { request_id: string } & Record<string, unknown> }} Source
 */

/**
 * @typedef {object} Listeners
 * @property {() => void} onAccepted the server has the message
 * @property {() => void} onEnded `state` holds how; never called after `leave`
 * @property {() => void} onGone there is nothing to follow (any more): read the thread again
 * @property {() => void} onSignedOut
 */

const turnOf = (/** @type {string} */ cursor) => cursor.slice(0, cursor.lastIndexOf(":"));

/** Follows one turn through silence, lost connections and restarts, until `done` or a failure. */
export class Turn {
  /**
   * @param {string} threadId
   * @param {Source | string} from what begins the turn, or the id of one that lives at the server
   * @param {Listeners} listeners
   * @param {string} [shown] the text that is on the screen already
   */
  constructor(threadId, from, listeners, shown = "") {
    this.threadId = threadId;
    this.path = `/v1/lea/threads/${encodeURIComponent(threadId)}`;
    this.source = typeof from === "string" ? null : from;
    /** @type {string | null} the last event that was read */
    this.cursor = typeof from === "string" ? `${from}:0` : null;
    this.listeners = listeners;
    this.now = startedWith(shown);
    this.pace = new Pace(this.now);
    this.state = this.pace.state;
    this.heard = false;
    this.cut = new AbortController();
    this.silence = new Silence(() => this.fail({ kind: "silence", text: "", retryable: true, retryAt: null }));
    void this.follow();
  }

  /** Ends the reading; the turn itself goes on at the server. */
  leave() {
    this.silence.end();
    this.pace.leave();
    this.cut.abort();
  }

  /** @returns {string | null} known from its first event on */
  get id() {
    return this.cursor && turnOf(this.cursor);
  }

  /** Asks for the same turn again, after a failure that was not the turn's own. */
  retry() {
    this.cut = new AbortController();
    this.set({ ...reopened(this.now), phase: "sending" });
    void this.follow();
  }

  async stop() {
    if (this.now.phase === "ended") return this.pace.finish();
    const body = this.id === null ? {} : { turn_id: this.id };
    await json(`${this.path}/stop`, { method: "POST", body });
  }

  async follow() {
    const { signal: cut } = this.cut;
    this.silence.heard();
    for (let attempt = 0; !cut.aborted; attempt++) {
      this.heard = false;
      if (this.now.accepted) this.silence.heard();
      try {
        const how = await readStream(this.request(cut));
        if (this.now.phase === "ended" || cut.aborted) return;
        if (how === "nothing") return this.quit(this.listeners.onGone);
      } catch (error) {
        if (cut.aborted) return;
        if (error instanceof SignedOut) return this.quit(this.listeners.onSignedOut);
        if (error instanceof Refused && this.refused(error)) return;
      }
      if (this.heard) attempt = 0;
      this.set({ ...this.now, lost: true });
      // A server that has the message may take its time to come back; only one that never had it is given up.
      if (this.now.accepted) this.silence.suspend();
      await backoff(attempt, cut);
    }
  }

  /**
   * The rest after the last event; the request that began the turn as long as none has come.
   * @param {AbortSignal} cut
   * @returns {import("./sse.js").Stream<TurnEvent>}
   */
  request(cut) {
    /** @type {Source} */
    const follow = { path: `${this.path}/stream`, method: "GET" };
    return {
      ...(this.cursor === null && this.source ? this.source : follow),
      after: this.cursor,
      signal: cut,
      onOpen: () => this.set(reopened(this.now)),
      onEvent: (event, id) => this.hear(event, id),
    };
  }

  /**
   * @param {TurnEvent} event
   * @param {string | undefined} id
   */
  hear(event, id) {
    if (this.now.phase === "ended" || this.cut.signal.aborted) return;
    if (id && this.id !== null && turnOf(id) !== this.id) {
      this.leave();
      return this.listeners.onGone();
    }
    if (id) this.cursor = id;
    this.heard = true;
    if (event.status === "queued") this.silence.suspend();
    else this.silence.heard();
    const wasAccepted = this.now.accepted;
    this.now = apply(this.now, event);
    if (event.action) receipts.hear(event.action);
    if (event.confirm) hearConfirm(event.confirm, { here: true });
    if (!wasAccepted && this.now.accepted) this.listeners.onAccepted();
    if (this.now.phase === "ended") return this.pace.end(this.now, () => this.quit(this.listeners.onEnded));
    this.pace.soon(this.now);
    if (event.snapshot !== undefined) this.pace.catchUp();
  }

  /**
   * @param {Refused} error
   * @returns {boolean} whether that is the end; a turn the server already has is asked for again
   */
  refused(error) {
    const passing = error.status === 429 || error.status >= 502;
    if ((this.now.accepted && passing) || restarting(error)) return false;
    if (error.status === 404 && this.cursor !== null) return this.unknown();
    this.fail({
      kind: error.status === 429 ? "limit" : "refused",
      text: error.message,
      retryable: error.status === 429 || error.status >= 500,
      retryAt: error.retryAfter === null ? null : Date.now() + error.retryAfter * 1000,
    });
    return true;
  }

  /**
   * The server does not know the turn. One that said nothing yet may have ended with its process before the
   * message was saved: then it is begun again.
   * @returns {boolean} whether that is the end
   */
  unknown() {
    if (this.source && !this.now.said) {
      this.cursor = null;
      return false;
    }
    this.quit(this.listeners.onGone);
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
    this.now = state;
    this.pace.show(state);
  }
}

/**
 * The server, or a proxy before it, says that it is away for a moment.
 * @param {Refused} error
 */
function restarting({ status, problem }) {
  return problem.code === "shutting_down" || (status >= 502 && status <= 504 && !problem.code);
}
