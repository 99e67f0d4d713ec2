import { quota } from "../costs.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { dollars } from "./figures.js";

/** What is left of a budget that is nearly or wholly spent. */
export function QuotaLine() {
  const { state = "ok", of, remaining_usd } = quota.value ?? {};
  const text = state === "ok" ? "" : state === "hard" ? hardText(of) : softText(of, remaining_usd ?? null);
  return html`<div class="quota" role="status">${text && html`<p class="quiet">${text} <a href="#/costs">${t("quota.more")}</a></p>`}</div>`;
}

/** @param {string | undefined} of */
const hardText = (of) => (of === "company" ? t("quota.hard.company") : t("quota.hard.user"));

/**
 * @param {string | undefined} of
 * @param {number | null} left
 */
function softText(of, left) {
  const told = of === "company" ? t("quota.soft.company") : t("quota.soft.user");
  return left === null ? told : `${told} ${t("quota.left", { left: dollars(left) })}`;
}
