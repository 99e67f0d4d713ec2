import { effect } from "@preact/signals";
import { json } from "./api.js";
import { News } from "./news.js";
import { me } from "./store.js";

/** @import { Action, ActionState } from "./wire" */

/** @type {Record<ActionState, number>} */
const RANKS = { running: 0, unknown: 1, failed: 2, succeeded: 2, undone: 3 };

/** What Léa did, as it stands now. @type {News<Action>} */
export const receipts = new News(({ state }) => RANKS[state]);

effect(() => {
  if (!me.value) receipts.forget();
});

/**
 * Takes back what was done.
 * @param {Action} action
 */
export async function undo({ id }) {
  receipts.hear((await json(`/v1/lea/actions/${encodeURIComponent(id)}/undo`, { method: "POST", body: {} })).action);
}
