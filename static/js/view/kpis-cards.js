import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { dollars, milliseconds, plain } from "./figures.js";

/** @import { Kpis } from "../wire" */

/** @param {{ told: Kpis }} props what one looks at first, in one number each */
export function Cards({ told }) {
  return html`<ul class="kpi-cards">
    ${cardsOf(told).map(
      ({ name, value, more }) => html`
        <li key=${name} class="kpi">
          <h3>${name}</h3>
          <p class="sum">${value}</p>
          <p class="fine">${more}</p>
        </li>
      `,
    )}
  </ul>`;
}

/** @param {Kpis} told */
function cardsOf({ turns, first_token_ms: first, actions, runs, transactions, jobs, catalog, cost_usd, cost_of }) {
  return [
    {
      name: t("kpis.turns"),
      value: plain(turns.total),
      more: turns.total > 0 ? t("kpis.turns.well", { share: percent(turns.completed / turns.total), failed: plain(turns.failed) }) : "",
    },
    {
      name: t("kpis.first"),
      value: first ? milliseconds(first.p50) : "–",
      more: first ? t("kpis.first.slow", { slow: milliseconds(first.p95) }) : t("kpis.first.none"),
    },
    {
      name: t("kpis.actions"),
      value: plain(actions.done),
      more: t("kpis.actions.more", { undone: plain(actions.undone), failed: plain(actions.failed) }),
    },
    { name: t("kpis.files"), value: plain(transactions.open), more: t("kpis.files.more", { n: transactions.created }) },
    { name: t("kpis.jobs"), value: plain(jobs.open), more: t("kpis.jobs.more") },
    { name: t("kpis.runs"), value: plain(runs.total), more: t("kpis.runs.more", { items: plain(runs.items), failed: plain(runs.failed) }) },
    {
      name: t("kpis.catalog"),
      value: plain(catalog.items),
      more: catalog.items > 0 ? t("kpis.catalog.more", { share: percent(catalog.enriched / catalog.items) }) : "",
    },
    { name: t("costs.usd"), value: dollars(cost_usd), more: cost_of === "company" ? t("kpis.cost.company") : t("kpis.cost.own") },
  ];
}

/** @param {number} share */
const percent = (share) => new Intl.NumberFormat(language.value, { style: "percent", maximumFractionDigits: 0 }).format(share);
