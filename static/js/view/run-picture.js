import { html } from "../html.js";
import { t } from "../i18n.js";
import { total } from "../run-jobs.js";
import { plain } from "./figures.js";
import { Icon } from "./icons.js";
import { JOB_STATES, jobStateText, pipelineText, runStateText } from "./run-words.js";

/** @import { Run } from "../wire" */
/** @import { Jobs, Tally } from "../run-jobs.js" */

/** @typedef {"waiting" | "running" | "completed" | "failed" | "cancelled"} Look */
/** @typedef {{ key: string, title: string, look: Look, state: string, counts?: Tally, text?: string }} Node */

/**
 * A run as a graph: where it comes from, its plan, the pipeline's steps, what came of it.
 * @param {{ run: Run, jobs: Jobs, source: string }} props
 */
export function RunPicture({ run, jobs, source }) {
  void jobs.version.value;
  const nodes = nodesOf(run, jobs, source);
  return html`
    <ol class="graph" aria-label=${t("run.picture")}>
      ${nodes.map((node, place) => html`<${Place} key=${node.key} node=${node} flows=${place > 0 && nodes[place - 1]?.look !== "waiting" && node.look === "running"} first=${place === 0} />`)}
    </ol>
  `;
}

/** @param {{ node: Node, flows: boolean, first: boolean }} props */
function Place({ node, flows, first }) {
  const { title, look, state, counts, text } = node;
  return html`
    <li class="graph-place">
      ${!first &&
      html`<svg class="graph-edge ${flows ? "flows" : ""}" viewBox="0 0 40 16" aria-hidden="true"><path d="M0 8h36M29 2l7 6-7 6" /></svg>`}
      <div class="graph-node" data-state=${look}>
        <b>${title}</b>
        <span class="run-state" data-state=${look}><${Mark} look=${look} />${state}</span>
        ${text && html`<span class="graph-text">${text}</span>`}
        ${counts && html`<${Counts} counts=${counts} />`}
      </div>
    </li>
  `;
}

/** @param {{ counts: Tally }} props */
function Counts({ counts }) {
  const some = JOB_STATES.filter((state) => counts[state] > 0 || state === "completed");
  return html`
    <dl class="graph-counts">
      ${some.map((state) => html`<div key=${state} data-state=${state}><dt>${jobStateText(state)}</dt><dd>${plain(counts[state])}</dd></div>`)}
    </dl>
  `;
}

/** Not by colour alone. @param {{ look: Look }} props */
export function Mark({ look }) {
  if (look === "completed") return html`<${Icon} name="check" />`;
  if (look === "failed") return html`<${Icon} name="close" />`;
  if (look === "cancelled") return html`<${Icon} name="stop" />`;
  return html`<i class="run-dot" aria-hidden="true"></i>`;
}

/**
 * @param {Run} run
 * @param {Jobs} jobs
 * @param {string} source
 * @returns {Node[]}
 */
function nodesOf(run, jobs, source) {
  const known = new Set(run.steps);
  const steps = [...run.steps, ...[...jobs.steps.keys()].filter((name) => !known.has(name))];
  const planned = jobs.list.length || run.jobs_total;
  return [
    { key: "from", title: t("run.from"), look: "completed", state: t("run.ready"), text: source },
    planOf(run, planned),
    ...steps.map((name) => stepOf(run, name, jobs.steps.get(name))),
    { key: "result", title: t("run.result"), look: lookOf(run), state: runStateText(run.state), counts: resultOf(jobs) },
  ];
}

/**
 * @param {Run} run
 * @param {number} planned
 * @returns {Node}
 */
function planOf({ state, error }, planned) {
  const look = planned > 0 ? "completed" : error ? "failed" : state === "planning" ? "running" : "completed";
  const said = { running: t("run.planning"), failed: t("run.failed"), completed: t("run.planned") }[look];
  return { key: "plan", title: t("run.plan"), look, state: said, text: t("run.jobs", { n: planned }) };
}

/**
 * @param {Run} run
 * @param {string} name
 * @param {Tally} [counts]
 * @returns {Node}
 */
function stepOf(run, name, counts) {
  const look = counts && total(counts) > 0 ? ofCounts(run, counts) : run.ended_at ? "cancelled" : "waiting";
  return { key: `step ${name}`, title: pipelineText(name), look, state: jobStateText(look), ...(counts && { counts: { ...counts } }) };
}

/**
 * @param {Run} run
 * @param {Tally} counts
 * @returns {Look}
 */
function ofCounts(run, { waiting, running, completed, failed }) {
  if (running > 0) return "running";
  if (waiting > 0) return run.state === "running" && completed + failed > 0 ? "running" : "waiting";
  if (failed > 0) return completed > 0 ? "completed" : "failed";
  return completed > 0 ? "completed" : "cancelled";
}

/** @param {Run} run @returns {Look} */
export function lookOf({ state }) {
  return state === "planning" || state === "running" ? "running" : state;
}

/** @param {Jobs} jobs @returns {Tally} */
const resultOf = ({ all }) => ({ ...all, waiting: 0, running: 0 });
