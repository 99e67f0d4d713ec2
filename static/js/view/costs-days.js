import { html } from "../html.js";
import { t } from "../i18n.js";
import { DayChart, dayText } from "./chart-days.js";
import { dollars, plain } from "./figures.js";

/** @import { Costs } from "../wire" */

/** @param {{ list: Costs["by_day"] }} props what each day cost */
export function CostsByDay({ list }) {
  if (list.length === 0) return html`<p class="note">${t("costs.none")}</p>`;
  const days = list.map(({ day }) => day).sort();
  const most = dollars(Math.max(...list.map(({ usd }) => usd)));
  return html`<${DayChart}
    title=${t("costs.by.day")}
    told=${t("costs.chart", { from: dayText(days[0] ?? ""), to: dayText(days.at(-1) ?? ""), most })}
    most=${t("costs.most", { most })}
    bars=${list.map(({ day, usd, calls }) => ({ day, up: usd, text: `${dayText(day)} : ${dollars(usd)}`, cells: [dollars(usd), plain(calls)] }))}
    table=${t("costs.table")}
    columns=${[t("costs.day"), t("costs.usd"), t("costs.calls")]}
  />`;
}
