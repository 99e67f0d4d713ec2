import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { SentFiles } from "./attachment-chips.js";
import { Icon } from "./icons.js";
import { QuestionEdit } from "./question-edit.js";
import { Versions } from "./versions.js";

/** @import { Entry } from "../entries.js" */

/** @param {{ entry: Entry, conversation: import("../conversation.js").Conversation }} props */
export function Question({ entry, conversation }) {
  const editing = useSignal(false);
  const pencil = useRef(/** @type {HTMLElement | null} */ (null));
  const busy = conversation.busy.value;
  const over = () => {
    editing.value = false;
    requestAnimationFrame(() => pencil.current?.focus());
  };
  const again = () => {
    // A message that was to begin a branch is still to begin it.
    if (entry.parent !== null) return void (editing.value = true);
    conversation.attachments.put(entry.files);
    conversation.write(entry.text);
    document.getElementById("message")?.focus();
  };
  const edit = () => {
    if (!busy) editing.value = true;
  };
  if (editing.value) {
    return html`<article class="question" aria-label=${t("chat.you")}>
      <${QuestionEdit} entry=${entry} conversation=${conversation} over=${over} />
    </article>`;
  }
  return html`
    <article class="question" aria-label=${t("chat.you")}>
      <div class="said">
        ${!entry.unsent &&
        html`<button ref=${pencil} class="icon-button" aria-label=${t("edit.open")} title=${t("edit.open")} aria-disabled=${String(busy)} onClick=${edit}>
          <${Icon} name="edit" />
        </button>`}
        <div class="slip">${entry.text}</div>
      </div>
      <${SentFiles} files=${entry.files} />
      ${!entry.unsent && html`<${Versions} entry=${entry} conversation=${conversation} />`}
      ${entry.unsent &&
      html`<p class="note">${t("chat.unsent")} <button class="link" onClick=${again}>${t("chat.again")}</button></p>`}
    </article>
  `;
}
