/** @import { Action, Confirm, Done, Stage, TurnEvent } from "./wire" */

/**
 * What is known of one turn. Only `apply` and the functions beside it make a new one.
 * @typedef {object} TurnState
 * @property {"sending" | "open" | "ended"} phase `open` from the first byte
 * @property {Stage | null} stage what Léa says she is doing
 * @property {number} position how many messages are answered before this one
 * @property {string} text what is shown
 * @property {string | null} replay the text told from its start under one that is shown already, until it has caught up
 * @property {boolean} said something was added to what was shown at the beginning
 * @property {Action[]} actions done in this turn
 * @property {Confirm[]} confirmations asked in this turn
 * @property {string | null} turnId
 * @property {boolean} accepted the server owns the turn: the message cannot be lost any more
 * @property {boolean} lost the connection is gone and being taken up again
 * @property {Failure | null} failure
 * @property {Done | null} done
 */

/**
 * @typedef {object} Failure
 * @property {"turn" | "silence" | "limit" | "refused"} kind `turn`: Léa failed, a new attempt is needed; otherwise
 *   the same request can be sent again
 * @property {string} text the server's words; "" where the page has its own
 * @property {boolean} retryable
 * @property {number | null} retryAt epoch milliseconds
 */

/** @type {TurnState} */
export const STARTED = {
  phase: "sending",
  stage: null,
  position: 0,
  text: "",
  replay: null,
  said: false,
  actions: [],
  confirmations: [],
  turnId: null,
  accepted: false,
  lost: false,
  failure: null,
  done: null,
};

/**
 * A turn whose text is on the screen already, as far as it was known: it is gone on with, or was read before.
 * @param {string} text
 * @returns {TurnState}
 */
export const startedWith = (text) => ({ ...STARTED, text, replay: text ? "" : null });

/**
 * @param {TurnState} state
 * @param {TurnEvent} event
 * @returns {TurnState}
 */
export function apply(state, event) {
  if (event.done) return finished(state, /** @type {Done} */ (event));
  if (event.status) {
    const turnId = event.turn_id ?? state.turnId;
    return { ...state, turnId, accepted: true, stage: event.status, position: event.position ?? 0 };
  }
  if (event.delta !== undefined) return told(state, (state.replay ?? state.text) + event.delta);
  if (event.snapshot !== undefined) return retold(state, event.snapshot);
  if (event.action) return { ...state, actions: withNews(state.actions, event.action, event.action.state !== "undone") };
  if (event.confirm) {
    return { ...state, confirmations: withNews(state.confirmations, event.confirm, event.confirm.state === "asked") };
  }
  if (event.error !== undefined) return { ...state, failure: failed(event) };
  return state;
}

/**
 * The connection was taken up again; the stream goes on after the last event that was read.
 * @param {TurnState} state
 * @returns {TurnState}
 */
export function reopened(state) {
  const stage = state.stage === "restarting" ? null : state.stage;
  return { ...state, phase: "open", stage, lost: false, failure: null };
}

/**
 * What is shown stays until the telling has caught up with it, so nothing jumps.
 * @param {TurnState} state
 * @param {string} text
 * @returns {TurnState}
 */
function told(state, text) {
  const behind = state.replay !== null && text.length < state.text.length;
  return behind ? { ...state, replay: text } : { ...state, text, replay: null, said: state.said || text !== state.text };
}

/**
 * @param {TurnState} state
 * @param {string} text all of it so far
 * @returns {TurnState}
 */
const retold = (state, text) => ({ ...state, text, replay: null, said: state.said || text !== state.text });

/**
 * @param {TurnState} state
 * @param {Done} done
 * @returns {TurnState}
 */
function finished(state, done) {
  return { ...state, phase: "ended", stage: null, text: state.replay || state.text, replay: null, done };
}

/**
 * @template {{ id: string }} T
 * @param {T[]} list
 * @param {T} news
 * @param {boolean} own it happened in this turn; what is told of another turn's is shown there
 */
function withNews(list, news, own) {
  const known = list.some((one) => one.id === news.id);
  if (!known) return own ? [...list, news] : list;
  return list.map((one) => (one.id === news.id ? news : one));
}

/**
 * @param {TurnEvent} event
 * @returns {Failure}
 */
function failed(event) {
  const wait = event.retry_after_s;
  return {
    kind: event.code === "rate_limited" ? "limit" : "turn",
    text: event.error ?? "",
    retryable: event.retryable ?? true,
    retryAt: wait ? Date.now() + wait * 1000 : null,
  };
}
