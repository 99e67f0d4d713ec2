import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { toFirstWrong } from "./fields.js";
import { Icon } from "./icons.js";

/**
 * A button that opens a small form in its place, and comes back when that is sent or left.
 * `label` says more than the button does, where there are several; `leads` where the focus goes elsewhere once it is sent.
 * @param {{ open: string, label?: string, leads?: boolean, submit: string, names: readonly string[], fields: (wrong: Record<string, string>) => unknown, save: (given: Record<string, string>) => Promise<void> }} props
 */
export function PartForm({ open, label, leads = false, submit, names, fields, save }) {
  const shown = useSignal(false);
  const busy = useSignal(false);
  const wrongs = useSignal(NOTHING_WRONG);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const was = useRef(false);
  const led = useRef(false);
  useEffect(() => {
    const first = form.current?.querySelector("input, select, textarea");
    if (shown.value && first instanceof HTMLElement) first.focus();
    if (was.current && !shown.value && !led.current) button.current?.focus();
    led.current = false;
    was.current = shown.value;
  }, [shown.value]);
  const close = () => {
    shown.value = false;
    wrongs.value = NOTHING_WRONG;
  };
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const given = [...data].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value);
    try {
      await save(Object.fromEntries(given));
      led.current = leads;
      close();
    } catch (error) {
      wrongs.value = wrongsOf(error, names);
      toFirstWrong(form.current);
    }
    busy.value = false;
  };
  if (!shown.value) {
    return html`<button ref=${button} class="button small" aria-label=${label} onClick=${() => (shown.value = true)}><${Icon} name="pen" />${open}</button>`;
  }
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") close();
  };
  return html`
    <form ref=${form} class="fields" noValidate aria-label=${label ?? open} onSubmit=${send} onKeyDown=${escape}>
      ${fields(wrongs.value.fields)}
      <div class="whole" role="alert">${wrongs.value.whole && html`<p class="wrong">${wrongs.value.whole}</p>`}</div>
      <div class="form-buttons">
        <button class="button primary" type="submit" aria-disabled=${String(busy.value)}>${busy.value ? t("action.wait") : submit}</button>
        <button class="button" type="button" onClick=${close}>${t("action.cancel")}</button>
      </div>
    </form>
  `;
}
