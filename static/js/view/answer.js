import { useSignal } from "@preact/signals";
import { copy } from "../clipboard.js";
import { doings } from "../entries.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { llm, me } from "../store.js";
import { ConfirmCard } from "./confirm-card.js";
import { Thumbs } from "./feedback.js";
import { Icon } from "./icons.js";
import { Problem } from "./problem.js";
import { Prose } from "./prose.js";
import { Receipts } from "./receipts.js";
import { Versions } from "./versions.js";
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
  const { actions, confirmations } = doings(entry, live);
  return html`
    <article class="answer ${writing ? "writing" : ""}" aria-label="Léa" aria-busy=${String(writing)}>
      ${text && html`<${Prose} text=${text} growing=${writing} citations=${entry.citations} />`}
      ${actions.length > 0 && html`<${Receipts} list=${actions} />`}
      ${confirmations.map((one) => html`<${ConfirmCard} key=${one.id} told=${one} conversation=${conversation} />`)}
      ${writing && html`<${Waiting} state=${live} />`}
      <${Problem} entry=${entry} failure=${live?.failure ?? entry.failure} conversation=${conversation} last=${last} writing=${writing} />
      ${!writing && text && stoodIn(entry) && html`<p class="fine">${t("answer.stand")}</p>`}
      ${!writing && html`<${Tools} entry=${entry} text=${text} conversation=${conversation} last=${last} />`}
    </article>
  `;
}

/** Who answers when the configured model cannot. */
const STAND_INS = new Set(["fallback", "offline"]);

/**
 * Whether another than the configured model answered. `done` says so as `degraded`; of an answer that is read again only
 * its provider is known, and where no model is configured the built-in engine stands in for nobody.
 * @param {Entry} entry
 */
function stoodIn({ turn, provider }) {
  const done = turn?.state.value.done;
  if (done) return done.degraded ?? false;
  return provider !== null && STAND_INS.has(provider) && llm.value?.configured === true;
}

/** @param {{ entry: Entry, text: string, conversation: import("../conversation.js").Conversation, last: boolean }} props */
function Tools({ entry, text, conversation, last }) {
  const { turnId, finish } = entry;
  const trace = me.value?.role === "admin" && turnId;
  if (!text && !trace && entry.siblings.length < 2) return null;
  const again = () => {
    conversation.retry();
    document.getElementById("message")?.focus();
  };
  return html`
    <div class="answer-tools">
      <${Versions} entry=${entry} conversation=${conversation} />
      ${text && html`<${CopyButton} text=${text} />`}
      ${last && finish === "stop" && html`<button class="tool" onClick=${again}><${Icon} name="retry" />${t("action.again")}</button>`}
      ${trace && html`<a class="tool" href=${`#/admin/turns/${turnId}`}><${Icon} name="gauge" />${t("admin.trace")}</a>`}
      ${text && entry.id && html`<${Thumbs} entry=${entry} conversation=${conversation} />`}
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
