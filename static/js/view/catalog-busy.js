import { useSignal } from "@preact/signals";
import { Refused } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { active } from "../runs.js";
import { plain } from "./figures.js";
import { pipelineText } from "./run-words.js";

export const BUSY_ID = "catalog-busy";

/** Which run keeps others from beginning. */
export function Busy() {
  const run = active.value;
  return html`
    <div id=${BUSY_ID} role="status">
      ${run &&
      html`<p class="busy">
        <i class="run-dot" aria-hidden="true"></i>
        <span>${textOf(run)} ${run.jobs_total > 0 && html`<span class="fine">${t("busy.far", { done: plain(run.jobs_completed + run.jobs_failed), total: plain(run.jobs_total) })}</span>`}</span>
        <a class="button small" href=${`#/runs/${encodeURIComponent(run.id)}`}>${t("busy.watch")}</a>
      </p>`}
    </div>
  `;
}

/** @param {{ pipeline: string, user_name?: string | null }} run */
function textOf({ pipeline, user_name }) {
  const what = pipelineText(pipeline);
  return user_name ? t("busy.who", { what, who: user_name }) : t("busy.what", { what });
}

/**
 * A button that begins a run and then shows it; greyed out as long as there is one.
 * @param {{ begin: () => Promise<string>, text: string, primary?: boolean }} props
 */
export function Begin({ begin, text, primary = false }) {
  const busy = useSignal(false);
  const wrong = useSignal("");
  const kept = busy.value || active.value !== null;
  const click = async () => {
    if (kept) return;
    busy.value = true;
    wrong.value = "";
    try {
      location.hash = `#/runs/${encodeURIComponent(await begin())}`;
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("notice.failed");
    }
    busy.value = false;
  };
  return html`
    <button class="button ${primary ? "primary" : ""}" aria-disabled=${String(kept)} aria-describedby=${active.value ? BUSY_ID : undefined} onClick=${click}>
      ${busy.value ? t("action.wait") : text}
    </button>
    <div role="alert">${wrong.value && html`<p class="wrong">${wrong.value}</p>`}</div>
  `;
}
