import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { EditField } from "./fields.js";
import { plain } from "./figures.js";
import { useNarrow } from "./narrow.js";
import { Mark } from "./run-picture.js";
import { Elapsed } from "./run-time.js";
import { JOB_STATES, jobStateText, outcomeText, pipelineText } from "./run-words.js";

/** @import { Job, JobState } from "../wire" */
/** @import { Jobs } from "../run-jobs.js" */

/** The heights of a row, as in runs.css. */
const ROW = 64;
const NARROW_ROW = 104;
/** Rows built beyond what can be seen, so that a quick hand meets no gap. */
const BEYOND = 8;

/**
 * The jobs of a run: of thousands only the rows that can be seen are built.
 * @param {{ jobs: Jobs }} props
 */
export function RunJobs({ jobs }) {
  const chosen = useSignal(/** @type {JobState | ""} */ (""));
  const version = jobs.version.value;
  const all = { value: "", text: t("task.all", { n: plain(jobs.list.length) }) };
  const options = JOB_STATES.map((state) => ({ value: state, text: `${jobStateText(state)} (${plain(jobs.all[state])})` }));
  const list = jobs.inState(chosen.value);
  return html`
    <section aria-label=${t("task.title")}>
      <h3>${t("task.title")}</h3>
      <div class="filters">
        <${EditField} name="state" label=${t("task.state")} value=${chosen.value} options=${[all, ...options]} onValue=${(/** @type {JobState | ""} */ value) => (chosen.value = value)} />
      </div>
      ${list.length === 0 ? html`<p class="note">${t("task.none")}</p>` : html`<${Rows} list=${list} version=${version} />`}
    </section>
  `;
}

/**
 * @param {{ list: Job[], version: number }} props version: the list may be the same and what is in it not
 */
function Rows({ list }) {
  const height = useNarrow() ? NARROW_ROW : ROW;
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const seen = useSignal({ from: 0, to: 20 });
  useLayoutEffect(() => {
    const scroller = frame.current?.closest(".scroller");
    if (!scroller) return undefined;
    const look = () => {
      const above = scroller.getBoundingClientRect().top - (frame.current?.getBoundingClientRect().top ?? 0);
      const from = Math.max(0, Math.floor(above / height) - BEYOND);
      const to = Math.max(from, Math.ceil((above + scroller.clientHeight) / height) + BEYOND);
      if (from !== seen.peek().from || to !== seen.peek().to) seen.value = { from, to };
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, [height, list.length]);
  const to = Math.min(list.length, seen.value.to);
  const from = Math.min(seen.value.from, to);
  return html`
    <div ref=${frame} class="jobs" role="list" aria-label=${t("task.list", { n: list.length })} style=${{ height: `${list.length * height}px` }}>
      <div class="jobs-built" role="presentation" style=${{ transform: `translateY(${from * height}px)` }}>
        ${list.slice(from, to).map((job, place) => html`<${Row} key=${job.id} job=${job} place=${from + place + 1} of=${list.length} />`)}
      </div>
    </div>
  `;
}

/** @param {{ job: Job, place: number, of: number }} props */
function Row({ job, place, of }) {
  const { title, state, step, attempts, started_at, ended_at } = job;
  const outcome = outcomeText(job);
  return html`
    <div class="job" role="listitem" aria-posinset=${place} aria-setsize=${of}>
      <span class="run-state" data-state=${state}><${Mark} look=${state} />${jobStateText(state)}</span>
      <b class="job-title" title=${title}>${title}</b>
      <span class="job-facts">
        <span>${pipelineText(step)}</span>
        ${attempts > 1 && html`<span>${t("task.attempts", { n: attempts })}</span>`}
        ${(ended_at || state === "running") && html`<${Elapsed} from=${started_at} to=${ended_at} />`}
      </span>
      <span class="job-outcome ${state === "failed" ? "wrong" : ""}" title=${outcome}>${outcome}</span>
    </div>
  `;
}
