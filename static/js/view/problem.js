import { html } from "../html.js";
import { failureText } from "../failure-text.js";
import { t } from "../i18n.js";
import { Countdown, useSecondsUntil } from "./countdown.js";
import { Icon } from "./icons.js";

/** @import { Entry } from "../entries.js" */
/** @import { Failure } from "../turn-state.js" */

/**
 * What went wrong with an answer, beside it, and the way on.
 * @param {{ entry: Entry, failure: Failure | null, conversation: import("../conversation.js").Conversation, last: boolean, writing: boolean }} props
 */
export function Problem({ entry, failure, conversation, last, writing }) {
  const seconds = useSecondsUntil(failure?.retryAt);
  if (writing && !failure) return null;
  const text = failure ? failureText(failure) : noteOf(entry);
  if (!text) return null;
  const again = last && !writing && (failure ? failure.retryable : entry.finish === "interrupted" || entry.finish === "error");
  const retry = () => {
    if (seconds === 0) conversation.retry();
  };
  return html`
    <div class=${failure ? "problem" : "note"}>
      <span>${text} <${Countdown} until=${failure?.retryAt} /></span>
      ${again &&
      html`<button class="button small" aria-disabled=${String(seconds > 0)} onClick=${retry}>
        <${Icon} name="retry" />${t("action.retry")}
      </button>`}
    </div>
  `;
}

/** @param {Entry} entry */
function noteOf(entry) {
  switch (entry.finish) {
    case "stopped":
      return t("finish.stopped");
    case "length":
      return t("finish.length");
    case "interrupted":
      return t("finish.interrupted");
    case "error":
      return t("fail.generic");
    default:
      return "";
  }
}
