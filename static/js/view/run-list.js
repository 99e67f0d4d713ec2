import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { moreRuns, past, readShownRuns } from "../runs.js";
import { dollars, plain, when } from "./figures.js";
import { Icon } from "./icons.js";
import { RunBar } from "./run-bar.js";
import { Mark, lookOf } from "./run-picture.js";
import { Elapsed } from "./run-time.js";
import { errorText, pipelineText, runStateText, whoText } from "./run-words.js";

/** @import { Run } from "../wire" */

/** What was run, the last first. */
export function RunList() {
  useEffect(readShownRuns, []);
  const page = past.value.value;
  const failed = past.state.value === "failed";
  return html`
    <div class="part-head">
      <h2>${t("runs.all")}</h2>
      <a class="button" href="#/catalog"><${Icon} name="book" />${t("catalog.title")}</a>
    </div>
    <p class="fine" role="status">${failed ? t("admin.failed") : page?.runs.length === 0 ? t("runs.none") : ""}</p>
    ${failed && html`<button class="button small" onClick=${() => past.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
    ${page &&
    html`<ul class="files" aria-busy=${String(past.state.value === "loading")}>
      ${page.runs.map((run) => html`<${Row} key=${run.id} run=${run} />`)}
    </ul>`}
    ${page?.next_cursor && html`<button class="button" onClick=${moreRuns}>${t("session.more")}</button>`}
  `;
}

/** @param {{ run: Run }} props */
function Row({ run }) {
  const { id, pipeline, started_at, ended_at, jobs_total, jobs_completed, jobs_failed, jobs_cancelled } = run;
  return html`
    <li>
      <a class="file run-row" href=${`#/runs/${encodeURIComponent(id)}`}>
        <b class="run-name">${pipelineText(pipeline)}</b>
        <span class="run-state" data-state=${lookOf(run)}><${Mark} look=${lookOf(run)} />${runStateText(run.state)}</span>
        <span class="run-took"><${Elapsed} from=${started_at} to=${ended_at} /></span>
        <span class="run-who">${t("runs.by", { who: whoText(run), when: when(started_at) })}</span>
        <span class="run-sums">${sums(run)}</span>
        <${RunBar} total=${jobs_total} completed=${jobs_completed} failed=${jobs_failed} cancelled=${jobs_cancelled} />
      </a>
    </li>
  `;
}

/** @param {Run} run */
function sums({ error, jobs_total, jobs_completed, jobs_failed, cost_usd }) {
  if (error && jobs_total === 0) return errorText(error);
  return [
    t("runs.done", { done: plain(jobs_completed), total: plain(jobs_total), n: jobs_total }),
    jobs_failed > 0 && t("runs.failed", { n: jobs_failed }),
    cost_usd > 0 && dollars(cost_usd),
  ]
    .filter(Boolean)
    .join(" · ");
}
