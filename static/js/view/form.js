import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refused } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Countdown } from "./countdown.js";

/**
 * One labelled field.
 * @param {{ name: string, label: string, hint?: string, type?: string, autocomplete?: string, minlength?: number, value?: string, autofocus?: boolean }} props
 */
export function Field({ name, label, hint, type = "text", ...rest }) {
  const hintId = hint ? `${name}-hint` : undefined;
  return html`
    <label class="field">
      <span>${label}</span>
      <input name=${name} type=${type} required aria-describedby=${hintId} ...${rest} />
      ${hint && html`<small id=${hintId}>${hint}</small>`}
    </label>
  `;
}

/**
 * A form that says what the server answered, and cannot be sent twice at once.
 * @param {{ submit: string, onSubmit: (data: FormData) => Promise<void>, children?: unknown }} props
 */
export function Form({ submit, onSubmit, children }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const busy = useSignal(false);
  const error = useSignal("");
  const retryAt = useSignal(/** @type {number | null} */ (null));

  // The attribute alone works once in the life of a page, and this form comes back when a session ends.
  useEffect(() => {
    const first = form.current?.querySelector("[autofocus]");
    if (first instanceof HTMLElement) first.focus();
  }, []);

  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = "";
    retryAt.value = null;
    try {
      await onSubmit(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
    } catch (failure) {
      error.value = failure instanceof Refused ? failure.message : t("page.unreachable");
      if (failure instanceof Refused && failure.retryAfter) retryAt.value = Date.now() + failure.retryAfter * 1000;
    } finally {
      busy.value = false;
    }
  };

  return html`
    <form ref=${form} onSubmit=${send}>
      ${children}
      <div role="alert">
        ${error.value &&
        html`<p class="form-error">${error.value} <${Countdown} until=${retryAt.value} /></p>`}
      </div>
      <button class="button primary wide" type="submit" aria-disabled=${String(busy.value)}>
        ${busy.value ? t("action.wait") : submit}
      </button>
    </form>
  `;
}
