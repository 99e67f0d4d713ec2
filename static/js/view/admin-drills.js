import { drills } from "../admin-users.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { plain, seconds, when } from "./figures.js";
import { ReadPart } from "./read-part.js";

/** @import { DrillReport, DrillScenario } from "../wire" */

/** What the last drills found. */
export function AdminDrills() {
  return html`
    <${ReadPart} title=${t("drill.title")} reading=${drills} show=${shown} />
    <p class="fine">${t("drill.how")} <code>lea drill</code></p>
  `;
}

/** @param {{ drills: DrillReport[] }} page */
function shown({ drills: list }) {
  if (list.length === 0) return html`<p class="note">${t("drill.none")}</p>`;
  return html`<ul class="drills">${list.map((one, place) => html`<${Report} key=${one.id} report=${one} open=${place === 0} />`)}</ul>`;
}

/** @param {{ report: DrillReport, open: boolean }} props */
function Report({ report, open }) {
  const { ok, began_at, by, passed, failed, skipped, scenarios } = report;
  return html`
    <li>
      <h3>${when(began_at)}</h3>
      <p class="lamp" data-state=${ok ? "ok" : "down"}>${ok ? t("drill.ok") : t("drill.failed")}</p>
      <${Facts}
        list=${[
          { name: t("drill.passed"), value: plain(passed) },
          { name: t("drill.not.passed"), value: plain(failed) },
          { name: t("drill.skipped"), value: plain(skipped) },
          { name: t("drill.took"), value: seconds(report.seconds) },
          { name: t("drill.by"), value: by },
        ]}
      />
      <details open=${open}>
        <summary>${t("drill.scenarios", { n: scenarios.length })}</summary>
        <ul class="roll">${scenarios.map((one) => html`<${Scenario} key=${one.name} of=${one} />`)}</ul>
      </details>
    </li>
  `;
}

/** @param {{ of: DrillScenario }} props */
function Scenario({ of }) {
  const { name, result, why, first_byte_s, first_token_s, total_s, lost, ended, told, said, failures } = of;
  return html`
    <li>
      <div>
        <h4>${scenarioText(name)}</h4>
        <p class="tags"><span class="tag ${result === "passed" ? "" : result === "skipped" ? "waiting" : "off"}">${resultText(result)}</span></p>
      </div>
      <div>
        <${Facts}
          list=${[
            { name: t("drill.first.byte"), value: shownSeconds(first_byte_s) },
            { name: t("drill.first.word"), value: shownSeconds(first_token_s) },
            { name: t("drill.whole"), value: shownSeconds(total_s) },
            { name: t("drill.ended"), value: ended.join(", ") },
            { name: t("drill.lost"), value: lost > 0 ? plain(lost) : null },
            { name: t("drill.seen"), value: told.join(" → ") },
            { name: t("drill.said"), value: said },
            { name: t("drill.why"), value: why },
          ]}
        />
        ${failures.length > 0 &&
        html`<ul class="wrong" aria-label=${t("drill.failures")}>${failures.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`}
      </div>
    </li>
  `;
}

/** @param {number | null} value */
const shownSeconds = (value) => (value === null ? null : seconds(value));

/** @param {DrillScenario["result"]} result */
function resultText(result) {
  switch (result) {
    case "passed":
      return t("drill.result.passed");
    case "failed":
      return t("drill.result.failed");
    case "skipped":
      return t("drill.result.skipped");
    default:
      return t("drill.result.not.run");
  }
}

/** @param {string} name one this page does not know is shown as it is */
function scenarioText(name) {
  switch (name) {
    case "baseline":
      return t("drill.scene.baseline");
    case "model-hangs":
      return t("drill.scene.hangs");
    case "model-errors":
      return t("drill.scene.errors");
    case "model-cut":
      return t("drill.scene.cut");
    case "source-slow":
      return t("drill.scene.slow");
    case "source-failing":
      return t("drill.scene.failing");
    case "database-slow":
      return t("drill.scene.database");
    case "redis-gone":
      return t("drill.scene.redis");
    case "load":
      return t("drill.scene.load");
    default:
      return name;
  }
}
