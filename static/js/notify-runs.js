import { json } from "./api.js";
import { t } from "./i18n.js";
import { notify, notifying } from "./notify.js";
import { active, goesOn, readActive, runPath } from "./runs.js";
import { me } from "./store.js";
import { pipelineText, runStateText } from "./view/run-words.js";

/** @import { Run } from "./wire" */

const EVERY_MS = 5000;

let timer = 0;

/**
 * A hidden tab reads no stream, so that many of them leave connections to the one that is looked at: a run that goes
 * on when the tab is hidden is asked for now and then, by who wants to be told.
 */
export function watchRunsWhileHidden() {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden && notifying.peek() && me.peek()) void begin();
  });
}

async function begin() {
  await readActive();
  const run = active.peek();
  if (run && goesOn(run)) later(run.id);
}

/** @param {string} id */
function later(id) {
  clearTimeout(timer);
  if (document.hidden) timer = window.setTimeout(() => void look(id), EVERY_MS);
}

/** @param {string} id */
async function look(id) {
  if (!me.peek()) return;
  /** @type {Run | null} */
  const run = await json(runPath(id)).catch(() => null);
  if (!run || goesOn(run)) return later(id);
  const text = t("notify.run.how", { run: pipelineText(run.pipeline), how: runStateText(run.state) });
  notify({ title: t("notify.run"), text, about: `run ${id}`, address: `#/runs/${encodeURIComponent(id)}` });
}
