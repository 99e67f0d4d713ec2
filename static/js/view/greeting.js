import { html } from "../html.js";
import { t } from "../i18n.js";
import { me } from "../store.js";

/** @param {{ conversation: import("../conversation.js").Conversation }} props */
export function Greeting({ conversation }) {
  const name = me.value?.name.split(" ")[0] ?? "";
  const suggestions = [t("suggest.hello"), t("suggest.who"), t("suggest.files"), t("suggest.jobs")];
  return html`
    <section class="greeting">
      <h2>${name ? t("greeting.named", { name }) : t("greeting.plain")}</h2>
      <p>${t("greeting.lead")}</p>
      <ul class="suggestions" aria-label=${t("greeting.suggestions")}>
        ${suggestions.map(
          (text) => html`<li key=${text}><button type="button" onClick=${() => conversation.send(text)}>${text}</button></li>`,
        )}
      </ul>
    </section>
  `;
}
