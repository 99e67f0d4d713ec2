import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { uuid } from "../ids.js";
import { create } from "../transactions.js";
import { EditField, toFirstWrong } from "./fields.js";
import { KINDS, STAGES, optionsOf } from "./record-words.js";

const NAMES = /** @type {const} */ (["kind", "stage", "address", "price"]);

/** Opens a file. Asking again after an answer that was lost opens no second one. */
export function TransactionNew() {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const requestId = useRef("");
  const busy = useSignal(false);
  const wrongs = useSignal(NOTHING_WRONG);
  useEffect(() => {
    const first = form.current?.querySelector("select");
    if (first instanceof HTMLElement) first.focus();
  }, []);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    wrongs.value = NOTHING_WRONG;
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const given = NAMES.map((name) => [name, String(data.get(name) ?? "").trim()]).filter(([name, value]) => name === "address" || value);
    try {
      requestId.current ||= uuid();
      const made = await create(Object.fromEntries(given), requestId.current);
      location.hash = `#/transactions/${encodeURIComponent(made.reference)}`;
    } catch (error) {
      wrongs.value = wrongsOf(error, NAMES);
      toFirstWrong(form.current);
    }
    busy.value = false;
  };
  const wrong = wrongs.value;
  return html`
    <a class="back" href="#/transactions">${t("transactions.back")}</a>
    <section aria-label=${t("transactions.new")}>
      <h2>${t("transactions.new")}</h2>
      <form ref=${form} class="fields" noValidate onSubmit=${send}>
        <${EditField} name="kind" label=${t("record.kind")} options=${optionsOf("kind", KINDS)} error=${wrong.fields.kind} />
        <${EditField} name="stage" label=${t("record.stage")} options=${optionsOf("stage", STAGES)} error=${wrong.fields.stage} />
        <${EditField} name="address" label=${t("record.address")} error=${wrong.fields.address} required maxlength=${300} />
        <${EditField} name="price" label=${t("record.price")} hint=${t("record.price.hint")} error=${wrong.fields.price} />
        <div class="whole" role="alert">${wrong.whole && html`<p class="wrong">${wrong.whole}</p>`}</div>
        <div class="form-buttons">
          <button class="button primary" type="submit" aria-disabled=${String(busy.value)}>${busy.value ? t("action.wait") : t("transactions.create")}</button>
          <a class="button" href="#/transactions">${t("action.cancel")}</a>
        </div>
      </form>
    </section>
  `;
}
