import { announce } from "../announce.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { attempt } from "./attempt.js";
import { Icon } from "./icons.js";

/** @import { Entry } from "../entries.js" */

/**
 * Which of several versions of a message is shown, and the way to its neighbours. One whose id the server has not told
 * yet is the one being written.
 * @param {{ entry: Entry, conversation: import("../conversation.js").Conversation }} props
 */
export function Versions({ entry, conversation }) {
  const { id, siblings } = entry;
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(siblings.includes("") ? "" : (id ?? ""));
  const places = { n: at + 1, of: siblings.length };
  const step = (/** @type {number} */ by) => {
    const version = siblings[at + by];
    if (!version || conversation.busy.value) return;
    void attempt(async () => {
      await conversation.choose(entry, version);
      announce(t("versions.shown", { n: at + by + 1, of: siblings.length }));
    });
  };
  const button = (/** @type {-1 | 1} */ by) => html`
    <button
      class="icon-button"
      aria-label=${by < 0 ? t("versions.before") : t("versions.after")}
      aria-disabled=${String(!siblings[at + by] || conversation.busy.value)}
      onClick=${() => step(by)}
    >
      <${Icon} name=${by < 0 ? "left" : "right"} />
    </button>
  `;
  return html`<div class="versions" role="group" aria-label=${t("versions.shown", places)}>
    ${button(-1)}<span aria-hidden="true">${at + 1}/${siblings.length}</span>${button(1)}
  </div>`;
}
