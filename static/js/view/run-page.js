import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Refused } from "../api.js";
import { sourceOf } from "../catalog.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { LiveRun } from "../run-live.js";
import { active, goesOn } from "../runs.js";
import { Rejects } from "./catalog-rejects.js";
import { Facts } from "./facts.js";
import { dollars, when } from "./figures.js";
import { Icon } from "./icons.js";
import { RunBar } from "./run-bar.js";
import { RunJobs } from "./run-jobs.js";
import { RunPicture } from "./run-picture.js";
import { Elapsed } from "./run-time.js";
import { errorText, pipelineText, runStateText, whoText } from "./run-words.js";

/** @import { Run } from "../wire" */

/** One run as it happens. @param {{ id: string }} props */
export function RunPage({ id }) {
  const live = useMemo(() => new LiveRun(id), [id]);
  useEffect(() => live.watch(), [live]);
  const run = live.run.value;
  const state = live.state.value;
  return html`
    <a class="back" href="#/runs">${t("runs.back")}</a>
    <div role="status">
      ${state === "missing" && html`<p class="note">${t("runs.missing")}</p>`}
      ${state === "failed" && html`<p class="problem">${t("admin.failed")}</p>`}
    </div>
    ${run && state !== "missing" && html`<${Whole} live=${live} run=${run} />`}
  `;
}

/** @param {{ live: LiveRun, run: Run }} props */
function Whole({ live, run }) {
  const source = useSource(run);
  const over = !goesOn(run);
  const extracted = run.pipeline === "extract";
  return html`
    <section aria-label=${pipelineText(run.pipeline)}>
      <div class="part-head">
        <h2>${pipelineText(run.pipeline)}</h2>
        <${Deeds} live=${live} run=${run} />
      </div>
      <p class="unseen" role="status">${runStateText(run.state)}</p>
      ${run.error && html`<p class="problem">${errorText(run.error)}</p>`}
      <${RunPicture} run=${run} jobs=${live.jobs} source=${source} />
      <${Progress} live=${live} run=${run} />
      ${over && html`<p class="row-links"><a class="button small" href="#/catalog"><${Icon} name="book" />${t("run.products")}</a></p>`}
    </section>
    ${extracted && over && html`<${Rejects} runId=${run.id} />`}
    <${RunJobs} jobs=${live.jobs} />
  `;
}

/** @param {{ live: LiveRun, run: Run }} props */
function Progress({ live, run }) {
  const { jobs } = live;
  void jobs.version.value;
  const { completed, failed, cancelled } = jobs.all;
  const total = jobs.list.length || run.jobs_total;
  const cost = Math.max(run.cost_usd, jobs.cost);
  const facts = [
    { name: t("run.took"), value: html`<${Elapsed} from=${run.started_at} to=${run.ended_at} />` },
    { name: t("run.began"), value: when(run.started_at) },
    { name: t("run.who"), value: whoText(run) },
    { name: t("run.cost"), value: cost > 0 ? dollars(cost) : null },
  ];
  return html`
    <${RunBar} total=${total} completed=${completed} failed=${failed} cancelled=${cancelled} />
    <${Facts} list=${facts} />
  `;
}

/** What can be done with a run: to end it, or to do again what failed. @param {{ live: LiveRun, run: Run }} props */
function Deeds({ live, run }) {
  const wrong = useSignal("");
  const busy = useSignal(false);
  void live.jobs.version.value;
  const failed = Math.max(run.jobs_failed, live.jobs.all.failed);
  const other = active.value && active.value.id !== run.id;
  const act = async (/** @type {() => Promise<void>} */ deed) => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = "";
    try {
      await deed();
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("notice.failed");
    }
    busy.value = false;
  };
  const cancel = () =>
    act(async () => {
      const sure = await ask({ title: t("run.cancel.sure"), text: t("run.cancel.kept"), confirm: t("run.cancel"), danger: true });
      if (sure !== null) await live.cancel();
    });
  const going = goesOn(run);
  return html`
    <div class="run-deeds">
      ${going &&
      html`<button class="button" aria-disabled=${String(busy.value || run.cancelling)} onClick=${() => !run.cancelling && cancel()}>
        <${Icon} name="stop" />${run.cancelling ? t("run.cancelling") : t("run.cancel")}
      </button>`}
      ${!going &&
      failed > 0 &&
      html`<button class="button" aria-disabled=${String(busy.value || Boolean(other))} onClick=${() => !other && act(() => live.retry())}>
        <${Icon} name="retry" />${t("run.retry", { n: failed })}
      </button>`}
      <div role="alert">${wrong.value && html`<p class="wrong">${wrong.value}</p>`}</div>
    </div>
  `;
}

/** What the run works on, in words. @param {Run} run */
function useSource(run) {
  const name = useSignal("");
  const importId = String(run.arguments.import_id ?? "");
  useEffect(() => {
    if (importId) void sourceOf(importId).then((found) => (name.value = found));
  }, [importId]);
  if (importId) return name.value || t("run.from.file");
  return run.pipeline === "enrich" ? t("run.from.items") : "";
}
