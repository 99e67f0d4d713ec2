import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { dollars, plain } from "./figures.js";

/** @import { Costs } from "../wire" */

const HIGH = 100;
const GAP = 0.2;

/**
 * What each day cost, as bars for the eye and as a table for everybody.
 * @param {{ list: Costs["by_day"] }} props
 */
export function CostsByDay({ list }) {
  if (list.length === 0) return html`<p class="note">${t("costs.none")}</p>`;
  const days = [...list].sort((a, b) => a.day.localeCompare(b.day));
  const most = Math.max(...days.map(({ usd }) => usd));
  const first = days[0]?.day ?? "";
  const last = days.at(-1)?.day ?? "";
  const told = t("costs.chart", { from: dayText(first), to: dayText(last), most: dollars(most) });
  return html`
    <section aria-label=${t("costs.by.day")}>
      <h3>${t("costs.by.day")}</h3>
      <figure class="bars">
        <svg viewBox=${`0 0 ${days.length} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${told}>
          ${days.map(({ day, usd }, index) => {
            const height = most > 0 ? (HIGH * usd) / most : 0;
            return html`<rect key=${day} x=${index + GAP / 2} y=${HIGH - height} width=${1 - GAP} height=${height}>
              <title>${`${dayText(day)} : ${dollars(usd)}`}</title>
            </rect>`;
          })}
        </svg>
        <figcaption><span>${dayText(first)}</span><span>${t("costs.most", { most: dollars(most) })}</span><span>${dayText(last)}</span></figcaption>
      </figure>
      <details class="as-table">
        <summary>${t("costs.table")}</summary>
        <table class="figures">
          <thead>
            <tr><th scope="col">${t("costs.day")}</th><th scope="col">${t("costs.usd")}</th><th scope="col">${t("costs.calls")}</th></tr>
          </thead>
          <tbody>
            ${days.toReversed().map(
              ({ day, usd, calls }) =>
                html`<tr key=${day}><th scope="row">${dayText(day)}</th><td>${dollars(usd)}</td><td>${plain(calls)}</td></tr>`,
            )}
          </tbody>
        </table>
      </details>
    </section>
  `;
}

/** @param {string} day `2026-11-21` */
const dayText = (day) =>
  new Date(`${day}T00:00:00`).toLocaleDateString(language.value, { day: "numeric", month: "short", year: "numeric" });
