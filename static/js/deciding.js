import { Refused, json } from "./api.js";
import { hearConfirm, loadConfirmations } from "./confirmations.js";
import { receipts } from "./receipts.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Confirm, Decision } from "./wire" */

/**
 * Decides what Léa asked. What came of it is told in a turn of its own, which begins by itself.
 * @param {Conversation} conversation where it was asked
 * @param {Confirm} confirm
 * @param {"approve" | "reject"} decision
 * @param {Record<string, unknown>} edited the values that are not those that were shown
 * @throws {Refused} where it could not be decided
 */
export async function decide(conversation, confirm, decision, edited) {
  const body = Object.keys(edited).length > 0 ? { decision, arguments: edited } : { decision };
  try {
    /** @type {Decision} */
    const decided = await json(`/v1/lea/confirmations/${encodeURIComponent(confirm.id)}`, { method: "POST", body });
    hearConfirm({ ...confirm, arguments: { ...confirm.arguments, ...edited }, state: decided.state });
    if (decided.action) receipts.hear(decided.action);
    conversation.elsewhere.began(decided.turn_id);
  } catch (error) {
    if (error instanceof Refused) refused(conversation, confirm, error);
    throw error;
  }
}

/**
 * @param {Conversation} conversation
 * @param {Confirm} confirm
 * @param {Refused} error
 */
function refused(conversation, confirm, { problem }) {
  if (problem.code === "confirmation_expired") hearConfirm({ ...confirm, state: "expired" });
  if (problem.code !== "already_decided") return;
  void loadConfirmations();
  conversation.elsewhere.changed();
}
