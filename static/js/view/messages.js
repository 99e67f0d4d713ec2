import { useRef } from "preact/hooks";
import { goTo } from "../address.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Answer } from "./answer.js";
import { Greeting } from "./greeting.js";
import { Icon } from "./icons.js";
import { Question } from "./question.js";
import { useStick } from "./stick.js";

/** @typedef {import("../conversation.js").Conversation} Model */

/** @param {{ conversation: Model }} props */
export function Conversation({ conversation }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const stick = useStick(scroller, conversation.entries.value.length);
  return html`
    <div ref=${scroller} class="scroller" tabindex="0" role="region" aria-label=${t("chat.label")}>
      <div class="page"><${Body} conversation=${conversation} /></div>
    </div>
    ${!stick.following.value &&
    html`<div class="to-end">
      <button class="button" aria-label=${stick.news.value ? undefined : t("chat.end")} onClick=${stick.toEnd}>
        <${Icon} name="down" />${stick.news.value && t("chat.new")}
      </button>
    </div>`}
  `;
}

/** @param {{ conversation: Model }} props */
function Body({ conversation }) {
  const entries = conversation.entries.value;
  switch (conversation.status.value) {
    case "loading":
      return html`<div class="page-loading" aria-label=${t("page.starting")}><i></i><i></i><i></i></div>`;
    case "missing":
      return html`<${Empty} text=${t("chat.missing")} button=${t("side.new")} act=${() => goTo(null)} />`;
    case "failed":
      return html`<${Empty} text=${t("chat.failed")} button=${t("action.retry")} act=${() => conversation.load()} />`;
    default:
  }
  if (entries.length === 0) return html`<${Greeting} conversation=${conversation} />`;
  return entries.map((entry, index) =>
    entry.role === "user"
      ? html`<${Question} key=${entry.key} entry=${entry} conversation=${conversation} />`
      : html`<${Answer} key=${entry.key} entry=${entry} conversation=${conversation} last=${index === entries.length - 1} />`,
  );
}

/** @param {{ text: string, button: string, act: () => void }} props */
function Empty({ text, button, act }) {
  return html`<div class="empty"><p>${text}</p><button class="button" onClick=${act}>${button}</button></div>`;
}
