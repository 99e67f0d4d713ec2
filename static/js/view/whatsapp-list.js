import { html } from "../html.js";
import { t } from "../i18n.js";
import { digitsOf, list, moreConversations, number } from "../whatsapp.js";
import { Icon } from "./icons.js";
import { holderText, lastText, momentText } from "./whatsapp-words.js";

/** @import { WhatsAppConversation } from "../wire" */

/** Whoever was written with, and who of them waits for a person. */
export function Talks() {
  const page = list.value.value;
  const state = list.state.value;
  return html`
    <nav class="scroller talks-list" aria-label=${t("wa.conversations")} aria-busy=${String(state === "loading")}>
      <div role="status">
        ${state === "failed" && html`<p class="problem">${t("admin.failed")}</p>`}
        ${page?.conversations.length === 0 && html`<p class="note">${t("wa.none")}</p>`}
      </div>
      ${state === "failed" &&
      html`<button class="button small" onClick=${() => list.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
      ${page && html`<ul>${page.conversations.map((one) => html`<${Row} key=${one.number} one=${one} />`)}</ul>`}
      ${page?.next_cursor && html`<button class="button" onClick=${moreConversations}>${t("session.more")}</button>`}
    </nav>
  `;
}

/** @param {{ one: WhatsAppConversation }} props */
function Row({ one }) {
  const digits = digitsOf(one);
  const { last, held_at, waiting, user_id } = one;
  const lost = last?.direction === "out" && (last.state === "failed" || last.state === "expired");
  return html`
    <li>
      <a class="talk-row" href=${`#/whatsapp/${digits}`} aria-current=${number.value === digits ? "page" : undefined}>
        <b>${one.name || one.number}</b>
        <time datetime=${one.at}>${momentText(one.at)}</time>
        <span class="talk-last">${lastText(last)}</span>
        <span class="tags">
          ${waiting > 0 && html`<span class="tag waiting">${t("wa.waiting", { n: waiting })}</span>`}
          ${held_at && html`<span class="tag">${holderText(one)}</span>`}
          ${lost && html`<span class="tag off">${t("wa.lost")}</span>`}
          ${!user_id && html`<span class="tag off">${t("wa.stranger")}</span>`}
        </span>
      </a>
    </li>
  `;
}
