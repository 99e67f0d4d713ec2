import { useEffect, useRef } from "preact/hooks";
import { asked } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** The one dialog of the page. Esc and the focus are the browser's: it is a modal <dialog>. */
export function Dialog() {
  const question = asked.value;
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (question) ref.current?.showModal();
  }, [question]);
  if (!question) return null;

  const confirm = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const value = String(new FormData(form).get("value") ?? "").trim();
    if (question.input && !value) return;
    ref.current?.close(`yes ${value}`);
  };
  const closed = () => {
    const answer = ref.current?.returnValue ?? "";
    question.answer(answer.startsWith("yes ") ? answer.slice(4) : null);
  };
  return html`
    <dialog ref=${ref} aria-labelledby="dialog-title" onClose=${closed}>
      <form onSubmit=${confirm}>
        <h2 id="dialog-title">${question.title}</h2>
        ${question.text && html`<p>${question.text}</p>`}
        ${question.input &&
        html`<label class="field">
          <span>${question.input.label}</span>
          <input name="value" defaultValue=${question.input.value} maxlength="200" autofocus />
        </label>`}
        <div class="dialog-buttons">
          <button class="button" type="button" onClick=${() => ref.current?.close("no")}>${t("action.cancel")}</button>
          <button class="button ${question.danger ? "danger" : "primary"}" type="submit">${question.confirm}</button>
        </div>
      </form>
    </dialog>
  `;
}
