import { html } from "../html.js";
import { t } from "../i18n.js";
import { plain } from "./figures.js";

/**
 * How far a run is: what went well, what failed and what was left out, of all there is.
 * @param {{ total: number, completed: number, failed: number, cancelled: number }} props
 */
export function RunBar({ total, completed, failed, cancelled }) {
  const over = completed + failed + cancelled;
  const width = (/** @type {number} */ count) => (total > 0 ? (100 * count) / total : 0);
  return html`
    <div class="run-bar" role="progressbar" aria-label=${t("run.progress")} aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${over} aria-valuetext=${t("run.progress.text", { done: plain(over), total: plain(total) })}>
      <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="completed" width=${width(completed)} height="6" />
        <rect class="failed" x=${width(completed)} width=${width(failed)} height="6" />
        <rect class="cancelled" x=${width(completed + failed)} width=${width(cancelled)} height="6" />
      </svg>
    </div>
  `;
}
