import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { setBudget } from "../costs.js";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { EditField, toFirstWrong } from "./fields.js";
import { dollars } from "./figures.js";

/** @import { Budgets } from "../wire" */

const NAMES = /** @type {const} */ (["soft_usd", "hard_usd"]);

/** @param {Budgets} found what may be spent in a month */
export function BudgetForms({ company, users }) {
  return html`
    <p class="fine">${t("budget.note")}</p>
    <ul class="cards">
      <li><${BudgetForm} userId=${null} name=${t("budget.company")} limits=${company} /></li>
      ${users.map(
        (one) => html`<li key=${one.user_id}><${BudgetForm} userId=${one.user_id} name=${one.name ?? one.email} spent=${one.spent_usd} limits=${one} /></li>`,
      )}
    </ul>
  `;
}

/**
 * @param {{ userId: string | null, name: string, spent?: number, limits: { soft_usd: number | null, hard_usd: number | null } }} props
 */
function BudgetForm({ userId, name, spent, limits }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const wrongs = useSignal(NOTHING_WRONG);
  const told = useSignal("");
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const [soft, hard] = NAMES.map((one) => amountOf(String(data.get(one) ?? "")));
    told.value = "";
    wrongs.value = NOTHING_WRONG;
    if (soft === undefined || hard === undefined) {
      wrongs.value = { whole: "", fields: { [soft === undefined ? "soft_usd" : "hard_usd"]: t("wrong.amount") } };
      return toFirstWrong(form.current);
    }
    try {
      await setBudget(userId, { soft_usd: soft, hard_usd: hard });
      told.value = t("budget.saved");
    } catch (error) {
      wrongs.value = wrongsOf(error, NAMES);
      toFirstWrong(form.current);
    }
  };
  const wrong = wrongs.value;
  return html`
    <form ref=${form} noValidate aria-label=${name} onSubmit=${save}>
      <h3>${name}</h3>
      ${spent !== undefined && html`<p class="fine">${t("budget.spent", { spent: dollars(spent) })}</p>`}
      <${EditField} name="soft_usd" inputmode="decimal" label=${t("budget.soft")} value=${written(limits.soft_usd)} error=${wrong.fields.soft_usd} />
      <${EditField} name="hard_usd" inputmode="decimal" label=${t("budget.hard")} value=${written(limits.hard_usd)} error=${wrong.fields.hard_usd} />
      <div role="status">
        ${wrong.whole && html`<p class="wrong">${wrong.whole}</p>`} ${told.value && html`<p class="fine">${told.value}</p>`}
      </div>
      <button class="button small" type="submit" aria-label=${t("budget.save.of", { name })}>${t("action.save")}</button>
    </form>
  `;
}

/** @param {number | null} usd */
const written = (usd) =>
  usd === null ? "" : new Intl.NumberFormat(language.value, { useGrouping: false, maximumFractionDigits: 2 }).format(usd);

/**
 * @param {string} text
 * @returns {number | null | undefined} null for no limit; undefined for what is no amount
 */
function amountOf(text) {
  const plain = text.replace(/[\s$]/g, "").replace(",", ".");
  if (plain === "") return null;
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}
