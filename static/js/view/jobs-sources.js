import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { OWN, metrics } from "../jobs.js";
import { sourceText } from "./jobs-words.js";

/** @import { JobsSource } from "../wire" */

/** Where the jobs are from, and which of these places does not answer. */
export function Sources() {
  const foreign = (metrics.value.value?.sources ?? []).filter(({ name }) => name !== OWN);
  return html`
    <div role="status" class="sources">
      ${foreign.map((one) => html`<p key=${one.name} class=${one.status === "ok" ? "fine" : "note"} data-state=${one.status}>${told(one)}</p>`)}
    </div>
  `;
}

/** @param {JobsSource} source */
function told({ name, status, as_of }) {
  const values = { name: sourceText(name), time: as_of ? timeText(as_of) : "" };
  if (status === "ok") return t("board.source.fresh", values);
  return status === "stale" && as_of ? t("board.source.stale", values) : t("board.source.down", values);
}

/** @param {string} moment with its day only where that is another */
function timeText(moment) {
  const then = new Date(moment);
  const today = then.toDateString() === new Date().toDateString();
  return then.toLocaleString(language.value, today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" });
}
