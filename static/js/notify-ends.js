import { notify } from "./notify.js";
import { threads } from "./store.js";

/**
 * An answer that this tab waits for has ended.
 * @param {string} threadId
 * @param {string | null} turnId
 * @param {string} outcome
 */
export function answerEnded(threadId, turnId, outcome) {
  const text = threads.peek().find(({ id }) => id === threadId)?.title ?? "";
  const address = `#thread=${encodeURIComponent(threadId)}`;
  notify({ title: outcome, text, about: `answer ${turnId ?? threadId}`, address });
}
