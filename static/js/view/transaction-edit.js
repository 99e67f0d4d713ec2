import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refused } from "../api.js";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { change, file } from "../transactions.js";
import { EditField, toFirstWrong } from "./fields.js";
import { Icon } from "./icons.js";
import { CURRENCIES, DAYS, KINDS, STAGES, dayText, fieldText, optionsOf, plainPrice } from "./record-words.js";

/** @import { Transaction } from "../wire" */

const NAMES = /** @type {const} */ (["kind", "stage", "address", "price", "currency", ...DAYS]);
const OPTIONS = { kind: KINDS, stage: STAGES, currency: CURRENCIES };
/** What may not be empty goes as it is, so that the server says what is missing. */
const NEEDED = new Set(["kind", "stage", "address"]);

/**
 * The fields of a transaction. What was written stays when somebody else changes the file meanwhile: that is told, and
 * saving waits until the person has looked at it again.
 * @param {{ found: Transaction, close: () => void }} props
 */
export function TransactionEdit({ found, close }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const base = useSignal(found);
  const written = useSignal(/** @type {Record<string, string>} */ ({}));
  const wrongs = useSignal(NOTHING_WRONG);
  const stale = useSignal(false);
  const busy = useSignal(false);
  useEffect(() => form.current?.querySelector("select")?.focus(), []);
  const changed = stale.value || found.version !== base.value.version;

  const reload = async () => {
    await file.read();
    base.value = file.value.peek() ?? base.value;
    stale.value = false;
    wrongs.value = NOTHING_WRONG;
    form.current?.querySelector("select")?.focus();
  };
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = changesOf(base.value, written.value);
    if (busy.value) return;
    if (Object.keys(fields).length === 0) return close();
    busy.value = true;
    wrongs.value = NOTHING_WRONG;
    try {
      await change(fields, base.value.version);
      close();
    } catch (error) {
      if (error instanceof Refused && error.problem.code === "record_changed") stale.value = true;
      else wrongs.value = wrongsOf(error, NAMES);
      toFirstWrong(form.current);
    }
    busy.value = false;
  };
  return html`
    <form ref=${form} class="fields" noValidate onSubmit=${save} onKeyDown=${escape(close)}>
      ${NAMES.map(
        (name) => html`<${EditField}
          key=${name}
          name=${name}
          label=${fieldText(name)}
          hint=${hintOf(name)}
          value=${written.value[name] ?? writtenOf(base.value, name)}
          options=${choicesOf(name, base.value)}
          error=${wrongs.value.fields[name]}
          onValue=${(/** @type {string} */ value) => (written.value = { ...written.value, [name]: value })}
        />`,
      )}
      <div class="whole" role="alert">
        ${wrongs.value.whole && html`<p class="wrong">${wrongs.value.whole}</p>`}
        ${changed &&
        html`<p class="conflict">
          ${t("record.changed")}
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

/** @param {() => void} close */
const escape = (close) => (/** @type {KeyboardEvent} */ event) => {
  if (event.key === "Escape") close();
};

/**
 * A field's value as one would write it.
 * @param {Transaction} file
 * @param {typeof NAMES[number]} name
 */
function writtenOf(file, name) {
  if (name === "price") return plainPrice(file.price);
  return name.endsWith("_on") ? dayText(file[name]) : (file[name] ?? "");
}

/**
 * @param {Transaction} base
 * @param {Record<string, string>} written
 */
function changesOf(base, written) {
  /** @type {Record<string, string | null>} */
  const fields = {};
  for (const name of NAMES) {
    const value = written[name]?.trim();
    if (value === undefined || value === writtenOf(base, name)) continue;
    fields[name] = value === "" && !NEEDED.has(name) ? null : value;
  }
  return fields;
}

/** @param {string} name */
function hintOf(name) {
  if (name === "price") return t("record.price.hint");
  return name.endsWith("_on") ? t("record.day.hint") : undefined;
}

/**
 * @param {string} name
 * @param {Transaction} base
 */
function choicesOf(name, base) {
  const values = /** @type {Record<string, readonly string[]>} */ (OPTIONS)[name];
  if (!values) return undefined;
  const options = optionsOf(name, values);
  return name === "currency" && !base.currency ? [{ value: "", text: "–" }, ...options] : options;
}
