/** @import { Failure } from "./turn-state.js" */
/** @import { Turn } from "./turn.js" */
/** @import { FinishReason, Message } from "./wire" */

/**
 * One message on the page. Its key stays when the live turn becomes a kept message, so the element stays too.
 * @typedef {object} Entry
 * @property {string} key
 * @property {"user" | "assistant"} role
 * @property {string} text
 * @property {FinishReason | null} finish
 * @property {Failure | null} failure
 * @property {Turn | null} turn set while it is being written, or failed in a way the same request can mend
 * @property {boolean} unsent a message the server never had
 */

/** @type {Omit<Entry, "key" | "role">} */
const BLANK = { text: "", finish: null, failure: null, turn: null, unsent: false };

/**
 * @param {string} key
 * @param {string} text
 * @returns {Entry}
 */
export const question = (key, text) => ({ ...BLANK, key, role: "user", text });

/**
 * @param {string} key
 * @param {Turn | null} turn
 * @returns {Entry}
 */
export const answer = (key, turn) => ({ ...BLANK, key, role: "assistant", turn });

/**
 * The entries of a thread as read from the server. Of several answers to one message the last is shown.
 * @param {Message[]} messages
 * @returns {Entry[]}
 */
export function fromMessages(messages) {
  const lastAnswer = new Map(messages.map((one) => [`${one.role} ${one.parent_id}`, one.id]));
  return messages
    .filter((one) => one.role === "user" || !one.parent_id || lastAnswer.get(`${one.role} ${one.parent_id}`) === one.id)
    .map((one) => ({
      ...BLANK,
      key: one.id,
      role: one.role,
      text: one.content,
      finish: one.finish_reason,
      failure: one.error && { kind: "turn", text: one.error.detail, retryable: one.error.retryable, retryAt: null },
    }));
}

/**
 * The entry of a turn that ended at the server.
 * @param {Entry} entry
 * @param {Turn} turn
 * @returns {Entry}
 */
export function settled(entry, turn) {
  const { text, done, failure } = turn.now;
  return { ...entry, text, finish: done?.finish_reason ?? null, failure, turn: null };
}
