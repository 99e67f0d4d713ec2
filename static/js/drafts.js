import { keep, kept } from "./keep.js";

/** @typedef {Record<string, { text: string, at: number }>} Drafts */

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
 * @param {string} userId
 * @param {string} threadId
 * @param {string} text "" forgets it
 */
export function keepDraft(userId, threadId, text) {
  const drafts = all(userId);
  if (text) drafts[threadId] = { text, at: Date.now() };
  else delete drafts[threadId];
  const newest = Object.entries(drafts).sort(([, a], [, b]) => b.at - a.at);
  keep(keyOf(userId), JSON.stringify(Object.fromEntries(newest.slice(0, MOST))));
}

/** @param {string} userId */
export function forgetDrafts(userId) {
  keep(keyOf(userId), null);
}
