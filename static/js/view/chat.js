import { goTo } from "../address.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { current, llm, notice, threads } from "../store.js";
import { Composer } from "./composer.js";
import { Conversation } from "./messages.js";
import { Icon } from "./icons.js";
import { SideToggle } from "./side-toggle.js";

/** The conversation on the page, from its title to the composer. */
export function Chat() {
  const conversation = current.value;
  if (!conversation) return html`<main class="chat"></main>`;
  const thread = threads.value.find((one) => one.id === conversation.id);
  const title = conversation.fresh ? "" : thread?.title || t("thread.untitled");
  return html`
    <main class="chat">
      <header class="bar">
        <${SideToggle} />
        <h1>${title}</h1>
        ${!conversation.fresh &&
        html`<button class="icon-button" aria-label=${t("side.new")} onClick=${() => goTo(null)}><${Icon} name="pen" /></button>`}
      </header>
      <${Conversation} key=${conversation.id} conversation=${conversation} />
      <footer class="dock">
        ${notice.value &&
        html`<p class="quiet" role="status">
          ${notice.value}
          <button class="link" onClick=${() => (notice.value = "")}>${t("action.close")}</button>
        </p>`}
        <${Composer} key=${conversation.id} conversation=${conversation} />
        <p class="small-print">${llm.value?.configured === false ? t("llm.none") : t("llm.check")}</p>
      </footer>
    </main>
  `;
}
