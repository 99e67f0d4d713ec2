import { json } from "./api.js";

/** @import { Feedback } from "./wire" */
/** @import { ShownThread } from "./shown-thread.js" */

/**
 * Says what one thinks of an answer, or takes that back.
 * @param {ShownThread} conversation
 * @param {string} messageId
 * @param {Pick<Feedback, "rating"> & Partial<Feedback> | null} wanted
 */
export async function rate(conversation, messageId, wanted) {
  const path = `/v1/lea/messages/${encodeURIComponent(messageId)}/feedback`;
  /** @type {Feedback | null} */
  const kept = await json(path, wanted ? { method: "PUT", body: wanted } : { method: "DELETE" });
  rated(conversation, messageId, kept);
}

/**
 * Shows what is said of an answer, here or in another tab.
 * @param {ShownThread} conversation
 * @param {string} messageId
 * @param {Feedback | null} feedback
 */
export function rated(conversation, messageId, feedback) {
  conversation.show(conversation.entries.value.map((entry) => (entry.id === messageId ? { ...entry, feedback } : entry)));
}
