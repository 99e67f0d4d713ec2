import { useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { goTo } from "../address.js";
import { bring } from "../bringing.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { useEarlier } from "./earlier.js";
import { Greeting } from "./greeting.js";
import { Icon } from "./icons.js";
import { useStick } from "./stick.js";

/** @typedef {import("../conversation.js").Conversation} Model */
/** @import { Entry } from "../entries.js" */

/** @type {Entry[]} */
const NONE = [];

/** How what was said is shown, once that has come. @type {import("@preact/signals").Signal<typeof import("./said.js") | null>} */
const said = signal(null);
let coming = false;

/** Brings it. */
export function bringSaid() {
  if (coming) return;
  coming = true;
  void bring(() => import("./said.js")).then((file) => (said.value = file));
}

/** @param {{ conversation: Model }} props */
export function Conversation({ conversation }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const stick = useStick(scroller, conversation.entries.value.length);
  return html`
    <div ref=${scroller} class="scroller" tabindex="0" role="region" aria-label=${t("chat.label")}>
      <div class="page"><${Body} conversation=${conversation} scroller=${scroller} /></div>
    </div>
    ${!stick.following.value &&
    html`<div class="to-end">
      <button class="button" aria-label=${stick.news.value ? undefined : t("chat.end")} onClick=${stick.toEnd}>
        <${Icon} name="down" />${stick.news.value && t("chat.new")}
      </button>
    </div>`}
  `;
}

/** @param {{ conversation: Model, scroller: { current: HTMLElement | null } }} props */
function Body({ conversation, scroller }) {
  const entries = conversation.entries.value;
  const { start, edge, build } = useEarlier(scroller, said.value && conversation.status.value === "ready" ? entries : NONE);
  switch (conversation.status.value) {
    case "loading":
      return html`<${Loading} />`;
    case "missing":
      return html`<${Empty} text=${t("chat.missing")} button=${t("side.new")} act=${() => goTo(null)} />`;
    case "failed":
      return html`<${Empty} text=${t("chat.failed")} button=${t("action.retry")} act=${() => conversation.load()} />`;
    default:
  }
  if (entries.length === 0) return html`<${Greeting} conversation=${conversation} />`;
  if (!said.value) return html`<${Loading} />`;
  const { Answer, Question } = said.value;
  return html`
    ${start > 0 &&
    html`<p ref=${edge} class="earlier"><button class="button small" onClick=${build}>${t("chat.earlier")}</button></p>`}
    ${entries.slice(start).map((entry) =>
      entry.role === "user"
        ? html`<${Question} key=${entry.key} entry=${entry} conversation=${conversation} />`
        : html`<${Answer} key=${entry.key} entry=${entry} conversation=${conversation} last=${entry === entries.at(-1)} />`,
    )}
  `;
}

function Loading() {
  return html`<div class="page-loading" role="img" aria-label=${t("page.starting")}><i></i><i></i><i></i></div>`;
}

/** @param {{ text: string, button: string, act: () => void }} props */
function Empty({ text, button, act }) {
  return html`<div class="empty"><p>${text}</p><button class="button" onClick=${act}>${button}</button></div>`;
}
