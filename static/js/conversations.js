import { effect, untracked } from "@preact/signals";
import { addressed } from "./address.js";
import { Conversation } from "./conversation.js";
import { uuid } from "./ids.js";
import { current, me } from "./store.js";

const MOST = 20;

/** @type {Map<string, Conversation>} in the order they were last opened */
const open = new Map();

/** Shows the conversation named in the address, as long as someone is signed in. */
export function followAddress() {
  effect(() => {
    const threadId = addressed.value;
    const user = me.value;
    untracked(() => {
      current.value = user ? show(threadId, user.user_id) : null;
      current.value?.elsewhere.catchUp();
    });
  });
}

/**
 * @param {string | null} threadId
 * @param {string} userId
 */
function show(threadId, userId) {
  const known = threadId === null ? null : open.get(threadId);
  const conversation = known ?? new Conversation(threadId ?? uuid(), userId, { fresh: threadId === null });
  open.delete(conversation.id);
  open.set(conversation.id, conversation);
  for (const old of open.values()) {
    if (open.size <= MOST) break;
    forget(old.id);
  }
  if (!conversation.fresh && conversation.status.value !== "ready") void conversation.load();
  return conversation;
}

/** @param {string} threadId */
export const conversationOf = (threadId) => open.get(threadId);

/** Something may have been missed: what is shown is read again, the others when they are shown. */
export function changed() {
  for (const conversation of open.values()) conversation.elsewhere.changed();
}

/** @param {string} threadId */
export function deletedElsewhere(threadId) {
  const conversation = open.get(threadId);
  if (conversation && conversation !== current.value) return forget(threadId);
  conversation?.vanish();
}

/** @param {string} threadId */
export function restoredElsewhere(threadId) {
  const conversation = open.get(threadId);
  if (conversation?.status.value === "missing") void conversation.load();
}

/** @param {string} threadId */
export function forget(threadId) {
  open.get(threadId)?.close();
  open.delete(threadId);
}

export function closeConversations() {
  for (const conversation of open.values()) conversation.close();
  open.clear();
}
