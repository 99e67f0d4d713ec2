import { keep, kept } from "./keep.js";

/** @import { Attachment } from "./wire" */

/** @typedef {Record<string, { text: string, at: number, files?: Attachment[] }>} Drafts */

const MOST = 50;

const keyOf = (/** @type {string} */ userId) => `lea.drafts.${userId}`;

/**
 * @param {string} userId
 * @returns {Drafts}
 */
function all(userId) {
  try {
    return JSON.parse(kept(keyOf(userId)) ?? "{}");
  } catch {
    return {};
  }
}

/**
 * What someone had begun to write in a thread; it survives a reload and an expired session.
 * @param {string} userId
 * @param {string} threadId
 */
export function draftOf(userId, threadId) {
  return all(userId)[threadId]?.text ?? "";
}

/**
 * The files that are to go with it.
 * @param {string} userId
 * @param {string} threadId
 * @returns {Attachment[]}
 */
export function draftFilesOf(userId, threadId) {
  return all(userId)[threadId]?.files ?? [];
}

/**
 * @param {string} userId
 * @param {string} threadId
 * @param {string} text "" without files forgets it
 * @param {Attachment[]} [files]
 */
export function keepDraft(userId, threadId, text, files = []) {
  const drafts = all(userId);
  if (text || files.length > 0) drafts[threadId] = { text, at: Date.now(), files };
  else delete drafts[threadId];
  const newest = Object.entries(drafts).sort(([, a], [, b]) => b.at - a.at);
  keep(keyOf(userId), JSON.stringify(Object.fromEntries(newest.slice(0, MOST))));
}

/** @param {string} userId */
export function forgetDrafts(userId) {
  keep(keyOf(userId), null);
}
