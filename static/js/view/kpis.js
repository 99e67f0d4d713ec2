import { costs, days } from "../costs.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { DEPARTMENTS, JOB_STATES } from "../jobs.js";
import { kpis, lookBack } from "../kpis.js";
import { BarTable } from "./chart-bars.js";
import { DayChart, dayText } from "./chart-days.js";
import { PartChart } from "./chart-parts.js";
import { CostsByDay } from "./costs-days.js";
import { purposeText } from "./costs-shares.js";
import { EditField } from "./fields.js";
import { dollars, plain } from "./figures.js";
import { departmentText, stateText } from "./jobs-words.js";
import { Cards } from "./kpis-cards.js";
import { ReadPart } from "./read-part.js";
import { STAGES, valueText } from "./record-words.js";
import { SideToggle } from "./side-toggle.js";

/** @import { Costs, Kpis as Told } from "../wire" */

const SPANS = [7, 30, 90, 365];

/** The room of figures: what the company's work comes to, and what it costs. */
export function Kpis() {
  return html`
    <main id="figures" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("kpis.title")}</h1></header>
      <div class="scroller">
        <div class="room-page">
          <${Span} />
          <${ReadPart} title=${t("kpis.work")} reading=${kpis} missing=${t("kpis.missing")} show=${shown} />
          <${ReadPart} title=${t("costs.spent")} reading=${costs} missing=${t("costs.missing")} show=${spent} />
        </div>
      </div>
    </main>
  `;
}

function Span() {
  const options = SPANS.map((n) => ({ value: String(n), text: t("costs.days", { n }) }));
  const choose = (/** @type {string} */ value) => lookBack(Number(value));
  return html`<div class="filters"><${EditField} name="days" label=${t("costs.span")} value=${String(days.value)} options=${options} onValue=${choose} /></div>`;
}

/** @param {Told} told */
function shown(told) {
  return html`
    <${Cards} told=${told} />
    <${TurnsByDay} told=${told} />
    <div class="two-charts">
      <${JobsByDepartment} departments=${told.jobs.departments} />
      <${BarTable} title=${t("kpis.stages")} name=${t("record.stage")} unit=${t("kpis.files")} rows=${stagesOf(told)} />
      ${told.runs.total > 0 && html`<${BarTable} title=${t("kpis.runs.chart")} name=${t("kpis.runs.end")} unit=${t("kpis.runs")} rows=${runsOf(told)} />`}
    </div>
  `;
}

/** @param {{ told: Told }} props */
function TurnsByDay({ told: { turns } }) {
  const list = turns.by_day;
  const most = t("kpis.turns.most", { n: Math.max(...list.map((one) => one.turns)) });
  const below = turns.failed > 0 ? ` (${t("kpis.turns.below")})` : "";
  const from = dayText(list[0]?.day ?? "");
  const to = dayText(list.at(-1)?.day ?? "");
  return html`<${DayChart}
    title=${t("kpis.turns.day")}
    told=${t("kpis.turns.chart", { from, to, total: plain(turns.total), failed: plain(turns.failed), most })}
    most=${most + below}
    bars=${list.map((one) => ({
      day: one.day,
      up: one.turns - one.failed,
      down: one.failed,
      text: `${dayText(one.day)} : ${plain(one.turns)} (${t("kpis.turns.failed", { n: one.failed })})`,
      cells: [plain(one.turns), plain(one.failed)],
    }))}
    table=${t("costs.table")}
    columns=${[t("costs.day"), t("kpis.turns"), t("kpis.failed")]}
  />`;
}

/** @param {{ departments: Told["jobs"]["departments"] }} props */
function JobsByDepartment({ departments }) {
  const names = [...new Set([...DEPARTMENTS, ...Object.keys(departments)])];
  const states = [...new Set([...JOB_STATES, ...Object.values(departments).flatMap(Object.keys)])];
  const wholes = names.map((name) => ({
    key: name,
    name: departmentText(name),
    parts: states.map((state) => ({ key: state, name: stateText(state), value: departments[name]?.[state] ?? 0 })),
  }));
  return html`<${PartChart} title=${t("kpis.jobs.chart")} wholes=${wholes} table=${t("kpis.jobs.table")} column=${t("board.department")} />`;
}

/** @param {Told} told */
function stagesOf({ transactions: { by_stage } }) {
  return STAGES.map((stage) => {
    const value = by_stage[stage] ?? 0;
    return { key: stage, name: valueText("stage", stage), value, text: plain(value) };
  });
}

/** @param {Told} told */
function runsOf({ runs: { total, completed, failed, cancelled } }) {
  const ends = [
    { name: t("kpis.runs.completed"), value: completed },
    { name: t("kpis.runs.failed"), value: failed },
    { name: t("kpis.runs.cancelled"), value: cancelled },
    { name: t("kpis.runs.live"), value: total - completed - failed - cancelled },
  ];
  return ends.map(({ name, value }) => ({ key: name, name, value, text: plain(value) }));
}

/** @param {Costs} told */
function spent(told) {
  const models = told.by_model.map((one) => ({ name: [one.model, one.provider].filter(Boolean).join(" · "), usd: one.usd }));
  const purposes = told.by_purpose.map((one) => ({ name: purposeText(one.purpose), usd: one.usd }));
  return html`
    <${CostsByDay} list=${told.by_day} />
    <div class="two-charts">
      ${[
        { title: t("costs.by.model"), list: models },
        { title: t("costs.by.purpose"), list: purposes },
      ].map(
        ({ title, list }) =>
          list.length > 0 &&
          html`<${BarTable}
            key=${title}
            title=${title}
            name=${t("costs.name")}
            unit=${t("costs.usd")}
            rows=${list.map(({ name, usd }) => ({ key: name, name, value: usd, text: dollars(usd) }))}
          />`,
      )}
    </div>
    <p class="fine"><a href="#/costs">${t("quota.more")}</a></p>
  `;
}
