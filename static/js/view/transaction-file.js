import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { file } from "../transactions.js";
import { when } from "./figures.js";
import { Receipts } from "./receipts.js";
import { TransactionFacts } from "./transaction-facts.js";
import { TransactionForms } from "./transaction-forms.js";
import { TransactionNotes } from "./transaction-notes.js";
import { TransactionParties } from "./transaction-parties.js";

/** @import { WholeTransaction } from "../wire" */

/** @param {{ name: string }} props the id or reference in the address */
export function TransactionFile({ name }) {
  useEffect(() => {
    file.forget();
    void file.read();
  }, [name]);
  const found = file.value.value;
  const state = file.state.value;
  return html`
    <a class="back" href="#/transactions">${t("transactions.back")}</a>
    <div role="status">
      ${state === "missing" && html`<p class="note">${t("transactions.missing")}</p>`}
      ${state === "failed" && html`<p class="problem">${t("admin.failed")}</p>`}
    </div>
    ${found && state !== "missing" && html`<${Whole} found=${found} />`}
  `;
}

/** @param {{ found: WholeTransaction }} props */
function Whole({ found }) {
  return html`
    <${TransactionFacts} found=${found} />
    <${TransactionParties} parties=${found.parties} />
    <${TransactionNotes} notes=${found.notes} />
    <${TransactionForms} forms=${found.forms} />
    ${found.receipts &&
    found.receipts.length > 0 &&
    html`<section aria-label=${t("transactions.history")}>
      <h3>${t("transactions.history")}</h3>
      <${Receipts} list=${found.receipts} />
    </section>`}
    <p class="fine">${t("transactions.since", { created: when(found.created_at), updated: when(found.updated_at) })}</p>
  `;
}
