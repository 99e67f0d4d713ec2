import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { Icon } from "./icons.js";
import { DAYS, dayText, fieldText, priceText, valueText } from "./record-words.js";
import { TransactionEdit } from "./transaction-edit.js";

/** @import { WholeTransaction } from "../wire" */

/**
 * What is known of a transaction, and in its place the fields to change it.
 * @param {{ found: WholeTransaction }} props
 */
export function TransactionFacts({ found }) {
  const editing = useSignal(false);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !editing.value) button.current?.focus();
    was.current = editing.value;
  }, [editing.value]);
  return html`
    <section aria-label=${found.reference}>
      <div class="part-head">
        <h2>${found.reference} <span class="tag">${valueText("stage", found.stage)}</span></h2>
        ${!editing.value &&
        html`<button ref=${button} class="button small" onClick=${() => (editing.value = true)}>
          <${Icon} name="edit" />${t("record.edit")}
        </button>`}
      </div>
      ${editing.value
        ? html`<${TransactionEdit} found=${found} close=${() => (editing.value = false)} />`
        : html`<${Facts} list=${factsOf(found)} />`}
    </section>
  `;
}

/** @param {WholeTransaction} found */
function factsOf(found) {
  const { kind, address, coordinates } = found;
  return [
    { name: fieldText("kind"), value: valueText("kind", kind) },
    { name: fieldText("address"), value: address },
    { name: fieldText("price"), value: priceText(found) },
    ...DAYS.map((name) => ({ name: fieldText(name), value: dayText(found[name]) })),
    { name: t("record.place"), value: coordinates && `${coordinates.latitude.toFixed(5)}, ${coordinates.longitude.toFixed(5)}` },
  ];
}
