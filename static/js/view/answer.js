import { useSignal } from "@preact/signals";
import { copy } from "../clipboard.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { me } from "../store.js";
import { Icon } from "./icons.js";
import { Problem } from "./problem.js";
import { Prose } from "./prose.js";
import { Waiting } from "./waiting.js";

/** @import { Entry } from "../entries.js" */

/**
 * One answer, while it is written and afterwards: the same element, so nothing moves when it is done.
 * @param {{ entry: Entry, conversation: import("../conversation.js").Conversation, last: boolean }} props
 */
export function Answer({ entry, conversation, last }) {
  const live = entry.turn?.state.value;
  const text = live?.text ?? entry.text;
  const writing = live !== undefined && live.phase !== "ended";
  return html`
    <article class="answer ${writing ? "writing" : ""}" aria-label="Léa" aria-busy=${String(writing)}>
      ${live && live.actions.length > 0 && html`<${Actions} list=${live.actions} />`}
      ${text && html`<${Prose} text=${text} growing=${writing} />`}
      ${writing && html`<${Waiting} state=${live} />`}
      <${Problem} entry=${entry} failure=${live?.failure ?? entry.failure} conversation=${conversation} last=${last} writing=${writing} />
      ${!writing && html`<${Tools} text=${text} turnId=${entry.turnId} />`}
    </article>
  `;
}

/** @param {{ list: import("../wire").Action[] }} props */
function Actions({ list }) {
  return html`<ul class="actions">${list.map((one) => html`<li key=${one.id} data-state=${one.state}>${one.summary}</li>`)}</ul>`;
}

/** @param {{ text: string, turnId: string | null }} props */
function Tools({ text, turnId }) {
  const trace = me.value?.role === "admin" && turnId;
  if (!text && !trace) return null;
  return html`
    <div class="answer-tools">
      ${text && html`<${CopyButton} text=${text} />`}
      ${trace && html`<a class="tool" href=${`#/admin/turns/${turnId}`}><${Icon} name="gauge" />${t("admin.trace")}</a>`}
    </div>
  `;
}

/** @param {{ text: string }} props */
function CopyButton({ text }) {
  const copied = useSignal(false);
  const act = async () => {
    copied.value = await copy(text);
    setTimeout(() => (copied.value = false), 2000);
  };
  return html`<button class="tool" onClick=${act}>
    <${Icon} name=${copied.value ? "check" : "copy"} />${copied.value ? t("action.copied") : t("action.copy")}
  </button>`;
}
