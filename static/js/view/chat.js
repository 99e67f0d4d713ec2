import { goTo } from "../address.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { current, llm, notice, threads } from "../store.js";
import { AttachmentDrop } from "./attachment-drop.js"; // before it is there the browser would leave for a file that is dropped
import { Composer } from "./composer.js";
import { Conversation } from "./messages.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";
import { SideToggle } from "./side-toggle.js";

// What one can do without until one can write.
const AttachmentDialog = later(() => import("./attachment-dialog.js").then((file) => file.AttachmentDialog));
const QuotaLine = later(() => import("./quota-line.js").then((file) => file.QuotaLine));
const RecordChip = later(() => import("./receipts.js").then((file) => file.RecordChip));

/** In these states something else stands in an empty conversation. */
const UNGREETED = new Set(["loading", "missing", "failed"]);

/** The conversation on the page, from its title to the composer. */
export function Chat() {
  const conversation = current.value;
  if (!conversation) return html`<main class="chat"></main>`;
  const thread = threads.value.find((one) => one.id === conversation.id);
  const about = thread?.transaction ?? conversation.about.value;
  const title = conversation.fresh ? html`<span class="unseen">${t("thread.untitled")}</span>` : thread?.title || t("thread.untitled");
  const greeted = !UNGREETED.has(conversation.status.value) && conversation.entries.value.length === 0;
  return html`
    <main class="chat ${greeted ? "greeted" : ""}">
      <header class="bar">
        <${SideToggle} />
        <h1>${title}</h1>
        ${about && html`<${RecordChip} reference=${about.reference} />`}
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
        <${QuotaLine} />
        <${Composer} key=${conversation.id} conversation=${conversation} />
        <p class="small-print">${llm.value?.configured === false ? t("llm.none") : t("llm.check")}</p>
      </footer>
      <${AttachmentDrop} key=${`${conversation.id} drop`} attachments=${conversation.attachments} />
      <${AttachmentDialog} />
    </main>
  `;
}
