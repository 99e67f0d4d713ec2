import { budgets, costs, days } from "../costs.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { me } from "../store.js";
import { BudgetForms } from "./costs-budgets.js";
import { CostsByDay } from "./costs-days.js";
import { Shares } from "./costs-shares.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { dollars, plain } from "./figures.js";
import { ReadPart } from "./read-part.js";
import { SideToggle } from "./side-toggle.js";

/** @import { Budget, Costs as Told } from "../wire" */

const SPANS = [7, 30, 90, 365];

/** The room of costs: what Léa's models cost, and what may still be spent. */
export function Costs() {
  const boss = me.value?.role === "admin";
  return html`
    <main id="costs" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("costs.title")}</h1></header>
      <div class="scroller">
        <div class="room-page">
          <${ReadPart} title=${t("costs.spent")} reading=${costs} missing=${t("costs.missing")} show=${shown} />
          ${boss && html`<${ReadPart} title=${t("budget.title")} reading=${budgets} missing=${t("costs.missing")} show=${BudgetForms} />`}
        </div>
      </div>
    </main>
  `;
}

/** @param {Told} told */
function shown(told) {
  const { company, user, month } = told.budget;
  const boss = me.value?.role === "admin";
  return html`
    <div class="budgets">
      <${Left} title=${t("costs.mine", { month: monthText(month) })} budget=${user} />
      ${boss && html`<${Left} title=${t("costs.company", { month: monthText(month) })} budget=${company} />`}
    </div>
    ${!boss && company.remaining_usd !== null && html`<p class="fine">${t("costs.company.left", { left: dollars(Math.max(0, company.remaining_usd)) })}</p>`}
    <${Days} />
    <${Facts} list=${totals(told.total)} />
    ${told.total.unpriced_calls > 0 && html`<p class="fine">${t("costs.unpriced", { n: told.total.unpriced_calls })}</p>`}
    <${CostsByDay} list=${told.by_day} />
    <${Shares} told=${told} />
  `;
}

/** @param {{ title: string, budget: Budget }} props */
function Left({ title, budget }) {
  const { soft_usd, hard_usd, remaining_usd } = budget;
  const spent = budget.spent_usd ?? 0;
  const limit = hard_usd ?? soft_usd;
  const state = hard_usd !== null && spent >= hard_usd ? "hard" : soft_usd !== null && spent >= soft_usd ? "soft" : "ok";
  return html`
    <section class="budget" data-state=${state} aria-label=${title}>
      <h3>${title}</h3>
      <p class="sum">${dollars(spent)}</p>
      ${limit !== null &&
      html`<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width=${String(Math.min(100, limit > 0 ? (100 * spent) / limit : 100))} height="6" />
      </svg>`}
      <p class="fine">${remaining_usd === null ? t("costs.unlimited") : t("costs.remaining", { left: dollars(Math.max(0, remaining_usd)) })}</p>
      ${state !== "ok" && html`<p class="over">${state === "hard" ? t("costs.hard") : t("costs.soft")}</p>`}
    </section>
  `;
}

function Days() {
  const choose = (/** @type {string} */ value) => {
    days.value = Number(value);
    void costs.read();
  };
  const options = SPANS.map((n) => ({ value: String(n), text: t("costs.days", { n }) }));
  return html`<div class="filters"><${EditField} name="days" label=${t("costs.span")} value=${String(days.value)} options=${options} onValue=${choose} /></div>`;
}

/** @param {Told["total"]} total */
function totals({ usd, calls, prompt_tokens, completion_tokens, cached_tokens }) {
  return [
    { name: t("costs.usd"), value: dollars(usd) },
    { name: t("costs.calls"), value: plain(calls) },
    { name: t("costs.prompt"), value: plain(prompt_tokens) },
    { name: t("costs.cached"), value: plain(cached_tokens) },
    { name: t("costs.completion"), value: plain(completion_tokens) },
  ];
}

/** @param {string} month `2026-11` */
function monthText(month) {
  return new Date(`${month}-01T00:00:00`).toLocaleDateString(language.value, { month: "long", year: "numeric" });
}
