/** @import { Failure } from "./turn-state.js" */
/** @import { Turn } from "./turn.js" */
/** @import { Action, Attachment, Citation, Confirm, Feedback, FinishReason, Message } from "./wire" */

/**
 * One message on the page. Its key stays when the live turn becomes a kept message, so the element stays too.
 * @typedef {object} Entry
 * @property {string} key
 * @property {string | null} id at the server; null until it was read from there, or told with an answer's end
 * @property {string[]} siblings its versions in order, itself among them; "" stands for one whose id is not known yet
 * @property {string | null} parent of a question: the message it goes on from; null where that was the newest one
 * @property {"user" | "assistant"} role
 * @property {string} text
 * @property {string | null} turnId of an answer the server has
 * @property {FinishReason | null} finish
 * @property {string | null} provider who answered
 * @property {Failure | null} failure
 * @property {Turn | null} turn set while it is being written, or failed in a way the same request can mend
 * @property {boolean} unsent a message the server never had
 * @property {Action[]} actions done in answering
 * @property {Confirm[]} confirmations asked in answering
 * @property {Citation[]} citations records an answer names, known once it is whole
 * @property {Attachment[]} files a question goes with
 * @property {Feedback | null} feedback what was said of an answer
 */

/** As a parent: before the first message. */
const ROOT = "root";

/** @type {Omit<Entry, "key" | "role">} */
const BLANK = {
  id: null,
  siblings: [],
  parent: null,
  text: "",
  turnId: null,
  finish: null,
  provider: null,
  failure: null,
  turn: null,
  unsent: false,
  actions: [],
  confirmations: [],
  citations: [],
  feedback: null,
  files: [],
};

/**
 * @param {string} key
 * @param {string} text
 * @param {Partial<Entry>} [place] among its versions
 * @returns {Entry}
 */
export const question = (key, text, place = {}) => ({ ...BLANK, key, role: "user", text, ...place });

/**
 * @param {string} key
 * @param {Turn | null} turn
 * @param {Partial<Entry>} [before] what was done and asked in an earlier attempt stays
 * @returns {Entry}
 */
export const answer = (key, turn, { actions = [], confirmations = [], siblings = [] } = {}) => ({
  ...BLANK,
  siblings,
  key,
  role: "assistant",
  turn,
  actions,
  confirmations,
});

/**
 * Whether the answer can be gone on with where it was cut.
 * @param {Entry} entry
 */
export function canGoOn({ text, turn, finish }) {
  return text !== "" && turn === null && finish !== null && CUT.has(finish);
}

/** @type {Set<FinishReason>} */
const CUT = new Set(["stopped", "interrupted", "length", "error"]);

/**
 * The entries of a thread as read from the server. Of several answers to one message the last is shown, with what was
 * done and asked in all of them.
 * @param {Message[]} messages
 * @returns {Entry[]}
 */
export function fromMessages(messages) {
  const lastAnswer = new Map(messages.map((one) => [`${one.role} ${one.parent_id}`, one.id]));
  /** @type {Map<string | null, Message[]>} */
  const attempts = new Map();
  for (const one of messages) {
    if (one.role === "assistant") attempts.set(one.parent_id, [...(attempts.get(one.parent_id) ?? []), one]);
  }
  const all = (/** @type {Message} */ one) => (one.parent_id && one.role === "assistant" && attempts.get(one.parent_id)) || [one];
  return messages
    .filter((one) => one.role === "user" || !one.parent_id || lastAnswer.get(`${one.role} ${one.parent_id}`) === one.id)
    .map((one) => ({
      ...BLANK,
      key: one.id,
      id: one.id,
      siblings: one.siblings,
      parent: one.role === "user" ? (one.parent_id ?? ROOT) : null,
      role: one.role,
      text: one.content,
      turnId: one.role === "assistant" ? one.turn_id : null,
      finish: one.finish_reason,
      provider: one.provider,
      // An interruption is no failure of Léa's: it has a quiet line of its own.
      failure: one.finish_reason === "interrupted" ? null : failureOf(one),
      actions: joined(all(one).map(({ actions }) => actions)),
      confirmations: joined(all(one).map(({ confirmations }) => confirmations)),
      citations: one.citations ?? [],
      feedback: one.feedback ?? null,
      files: one.attachments ?? [],
    }));
}

/**
 * @param {Message} message
 * @returns {Failure | null}
 */
function failureOf({ error }) {
  return error && { kind: "turn", text: error.detail, retryable: error.retryable, retryAt: null };
}

/**
 * Entries read again, under the keys of what is on the screen in their places, so that nothing is drawn anew.
 * @param {Entry[]} read
 * @param {Entry[]} shown
 */
export function inPlace(read, shown) {
  return read.map((entry, index) => {
    const before = shown[index];
    return before?.role === entry.role ? { ...entry, key: before.key } : entry;
  });
}

/**
 * The versions of a message once there is one more.
 * @param {Entry} entry
 */
export const withOneMore = ({ id, siblings }) => [...(siblings.length > 0 ? siblings : [id ?? ""]), ""];

/**
 * The entry of a turn that ended at the server.
 * @param {Entry} entry
 * @param {Turn} turn
 * @returns {Entry}
 */
export function settled(entry, turn) {
  const { text, done, failure } = turn.now;
  const finish = done?.finish_reason ?? null;
  const turnId = done?.turn_id ?? entry.turnId;
  const provider = done?.provider ?? null;
  const id = done?.message_id ?? entry.id;
  const citations = done?.citations ?? [];
  const shown = { ...entry, ...doings(entry, turn.now), id, text, turnId, finish, provider, citations, turn: null };
  return { ...shown, failure: finish === "interrupted" ? null : failure };
}

/**
 * What was done and asked in an answer so far, in this attempt and in earlier ones.
 * @param {Pick<Entry, "actions" | "confirmations">} entry
 * @param {Pick<Entry, "actions" | "confirmations">} [live]
 */
export const doings = (entry, live) => ({
  actions: joined([entry.actions, live?.actions]),
  confirmations: joined([entry.confirmations, live?.confirmations]),
});

/**
 * Each once, as it was told last.
 * @template {{ id: string }} T
 * @param {(T[] | undefined)[]} lists
 */
const joined = (lists) => [...new Map(lists.flatMap((list) => list ?? []).map((one) => [one.id, one])).values()];
