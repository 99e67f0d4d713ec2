import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refused } from "../api.js";
import { changeItem } from "../catalog.js";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { itemText } from "./catalog-words.js";
import { Facts } from "./facts.js";
import { EditField, toFirstWrong } from "./fields.js";
import { Icon } from "./icons.js";
import { CURRENCIES, plainPrice } from "./record-words.js";

/** @import { Item } from "../wire" */

const NAMES = /** @type {const} */ (["name", "price", "currency", "category", "dimensions", "material", "colour", "supplier_text", "description"]);
const ROWS = /** @type {Record<string, number>} */ ({ supplier_text: 3, description: 4 });

/**
 * The fields of a product. What was written stays when somebody else, or a run, changes it meanwhile: what stands there
 * now is shown, and saving waits until it was loaded.
 * @param {{ item: Item, close: () => void }} props
 */
export function ItemEdit({ item, close }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const first = useRef(item);
  const base = useSignal(item);
  const written = useSignal(/** @type {Record<string, string>} */ ({}));
  const wrongs = useSignal(NOTHING_WRONG);
  const stale = useSignal(false);
  const busy = useSignal(false);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const changed = stale.value || item.version !== base.value.version;

  const reload = async () => {
    try {
      base.value = await changeItem(item.id, {});
      stale.value = false;
      wrongs.value = NOTHING_WRONG;
    } catch (error) {
      wrongs.value = wrongsOf(error, NAMES);
    }
    form.current?.querySelector("input")?.focus();
  };
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = changesOf(base.value, written.value);
    if (busy.value) return;
    if (Object.keys(fields).length === 0) return close();
    busy.value = true;
    wrongs.value = NOTHING_WRONG;
    try {
      await changeItem(item.id, fields, base.value.version);
      close();
    } catch (error) {
      if (error instanceof Refused && error.problem.code === "record_changed") stale.value = true;
      else wrongs.value = wrongsOf(error, NAMES);
      toFirstWrong(form.current);
    }
    busy.value = false;
  };
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") close();
  };
  return html`
    <form ref=${form} class="fields item-fields" noValidate aria-label=${t("item.edit", { name: item.reference })} onSubmit=${save} onKeyDown=${escape}>
      <p class="whole"><b>${item.reference}</b></p>
      ${NAMES.map(
        (name) => html`<${EditField}
          key=${name}
          name=${name}
          label=${itemText(name)}
          hint=${hintOf(name, first.current, base.value)}
          rows=${ROWS[name]}
          options=${name === "currency" ? currencies(base.value) : undefined}
          value=${written.value[name] ?? writtenOf(base.value, name)}
          error=${wrongs.value.fields[name]}
          onValue=${(/** @type {string} */ value) => (written.value = { ...written.value, [name]: value })}
        />`,
      )}
      ${item.attributes && item.attributes.length > 0 && html`<div class="whole"><${Facts} list=${item.attributes} /></div>`}
      <div class="whole" role="alert">
        ${wrongs.value.whole && html`<p class="wrong">${wrongs.value.whole}</p>`}
        ${changed &&
        html`<p class="conflict">
          ${t("item.changed")}
          <button class="button small" type="button" onClick=${reload}><${Icon} name="retry" />${t("record.reload")}</button>
        </p>`}
      </div>
      <div class="form-buttons">
        <button class="button primary" type="submit" aria-disabled=${String(busy.value)}>${busy.value ? t("action.wait") : t("action.save")}</button>
        <button class="button" type="button" onClick=${close}>${t("action.cancel")}</button>
      </div>
    </form>
  `;
}

/**
 * @param {Item} item
 * @param {typeof NAMES[number]} name
 */
const writtenOf = (item, name) => (name === "price" ? plainPrice(item.price) : (item[name] ?? ""));

/**
 * @param {Item} base
 * @param {Record<string, string>} written
 */
function changesOf(base, written) {
  /** @type {Record<string, string | null>} */
  const fields = {};
  for (const name of NAMES) {
    const value = written[name]?.trim();
    if (value === undefined || value === writtenOf(base, name)) continue;
    // The name may not be empty: it goes as it is, so that the server says what is missing.
    fields[name] = value === "" && name !== "name" ? null : value;
  }
  return fields;
}

/**
 * What somebody else made of a field while it was being written.
 * @param {typeof NAMES[number]} name
 * @param {Item} first as it was when the form was opened
 * @param {Item} base as it is known now
 */
function hintOf(name, first, base) {
  if (first[name] !== base[name]) return t("item.now", { value: writtenOf(base, name) || "–" });
  return name === "price" ? t("item.price.hint") : undefined;
}

/** @param {Item} base */
function currencies({ currency }) {
  const known = currency && !CURRENCIES.some((one) => one === currency) ? [currency, ...CURRENCIES] : CURRENCIES;
  const options = known.map((value) => ({ value, text: value }));
  return currency ? options : [{ value: "", text: "–" }, ...options];
}
