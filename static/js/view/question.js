import { html } from "../html.js";
import { t } from "../i18n.js";

/** @import { Entry } from "../entries.js" */

/** @param {{ entry: Entry, conversation: import("../conversation.js").Conversation }} props */
export function Question({ entry, conversation }) {
  const edit = () => {
    conversation.write(entry.text);
    document.getElementById("message")?.focus();
  };
  return html`
    <article class="question" aria-label=${t("chat.you")}>
      <div class="slip">${entry.text}</div>
      ${entry.unsent &&
      html`<p class="note">${t("chat.unsent")} <button class="link" onClick=${edit}>${t("chat.again")}</button></p>`}
    </article>
  `;
}
