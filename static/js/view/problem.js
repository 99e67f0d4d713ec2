import { canGoOn } from "../entries.js";
import { failureText, finishText } from "../failure-text.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Countdown, useSecondsUntil } from "./countdown.js";
import { Icon } from "./icons.js";

/** @import { Entry } from "../entries.js" */
/** @import { Failure } from "../turn-state.js" */

/**
 * What became of an answer that is not whole, below it, and the ways on: to go on where it was cut, or to begin again.
 * @param {{ entry: Entry, failure: Failure | null, conversation: import("../conversation.js").Conversation, last: boolean, writing: boolean }} props
 */
export function Problem({ entry, failure, conversation, last, writing }) {
  const seconds = useSecondsUntil(failure?.retryAt);
  if (writing && !failure) return null;
  const text = failure ? failureText(failure) : finishText(entry.finish);
  if (!text) return null;
  const over = last && !writing;
  const goOn = () => {
    conversation.goOn();
    toComposer();
  };
  const retry = () => {
    if (seconds > 0) return;
    conversation.retry();
    toComposer();
  };
  return html`
    <div class=${failure ? "problem" : "note"}>
      <span>${text} <${Countdown} until=${failure?.retryAt} /></span>
      ${over &&
      html`<div class="ways-on">
        ${canGoOn(entry) &&
        html`<button class="button small" onClick=${goOn}>
          <${Icon} name="continue" />${t("action.continue")}
        </button>`}
        ${(failure?.retryable ?? true) &&
        html`<button class="button small" aria-disabled=${String(seconds > 0)} onClick=${retry}>
          <${Icon} name="retry" />${failure || !entry.text ? t("action.retry") : t("action.again")}
        </button>`}
      </div>`}
    </div>
  `;
}

/** The button that had the focus is about to go; a touch screen would show its keyboard. */
function toComposer() {
  if (matchMedia("(pointer: fine)").matches) document.getElementById("message")?.focus();
}
