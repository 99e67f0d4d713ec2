import { effect } from "@preact/signals";
import { json } from "./api.js";
import { Reading } from "./reading.js";
import { me } from "./store.js";

/** @import { FeedbackPage } from "./wire" */

const PATH = "/v1/admin/feedback?limit=50";

/** What the company's people said of answers. @type {Reading<FeedbackPage>} */
export const told = new Reading(() => json(PATH));

effect(() => {
  if (!me.value) told.forget();
});

/** The next page, below what is shown. */
export async function moreFeedback() {
  const shown = told.value.peek();
  if (!shown?.next_cursor) return;
  /** @type {FeedbackPage | null} */
  const next = await json(`${PATH}&cursor=${encodeURIComponent(shown.next_cursor)}`).catch(() => null);
  if (next && told.value.peek() === shown) told.value.value = { ...next, feedback: [...shown.feedback, ...next.feedback] };
}
