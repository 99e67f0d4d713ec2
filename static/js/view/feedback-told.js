import { moreFeedback, told } from "../feedback-told.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { reasonText } from "./feedback-words.js";
import { when } from "./figures.js";
import { Icon } from "./icons.js";
import { ReadPart } from "./read-part.js";

/** @import { FeedbackEntry, FeedbackPage } from "../wire" */

/** What people said of answers; each leads to the turn it is about. */
export function FeedbackTold() {
  return html`<${ReadPart} title=${t("told.title")} reading=${told} show=${shown} />`;
}

/** @param {FeedbackPage} page */
function shown({ feedback, next_cursor }) {
  if (feedback.length === 0) return html`<p class="note">${t("told.none")}</p>`;
  return html`
    <p class="fine">${t("told.note")}</p>
    <ul class="cards">${feedback.map((one) => html`<${Card} key=${one.message_id} one=${one} />`)}</ul>
    ${next_cursor && html`<button class="button" onClick=${moreFeedback}>${t("session.more")}</button>`}
  `;
}

/** @param {{ one: FeedbackEntry }} props */
function Card({ one }) {
  const { rating, reason, comment, name, email, provider, turn_id, updated_at } = one;
  const up = rating === "up";
  const facts = [
    { name: t("told.reason"), value: reason && reasonText(reason) },
    { name: t("told.who"), value: `${name} · ${email}` },
    { name: t("told.when"), value: when(updated_at) },
    { name: t("turn.provider"), value: provider },
  ];
  return html`
    <li class="told" data-rating=${rating}>
      <h3><${Icon} name=${up ? "good" : "bad"} />${up ? t("feedback.up") : t("feedback.down")}</h3>
      ${comment && html`<blockquote>${comment}</blockquote>`}
      <${Facts} list=${facts} />
      <p><a class="tool" href=${`#/admin/turns/${encodeURIComponent(turn_id)}`}><${Icon} name="gauge" />${t("admin.trace")}</a></p>
    </li>
  `;
}
