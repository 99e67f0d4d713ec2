import { useEffect, useRef } from "preact/hooks";
import { shown } from "../attachments.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";

const count = (/** @type {number} */ value) => new Intl.NumberFormat(language.value).format(value);

/** What a file says, as Léa reads it. Esc and the focus are the browser's: it is a modal <dialog>. */
export function AttachmentDialog() {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const file = shown.value;
  const open = file !== null;
  useEffect(() => {
    if (open) ref.current?.showModal();
  }, [open]);
  if (!file) return null;
  const { name, state, kept } = file;
  const more = kept !== null && (kept.cut || kept.characters > kept.excerpt.length);
  return html`
    <dialog ref=${ref} class="attached-dialog" aria-labelledby="file-title" onClose=${() => (shown.value = null)}>
      <h2 id="file-title">${name}</h2>
      <div role="status">
        ${state === "reading" && html`<p>${t("attach.reading")}</p>`} ${state === "failed" && html`<p class="problem">${t("attach.gone")}</p>`}
      </div>
      ${kept &&
      html`
        <p>${t("attach.length", { characters: count(kept.characters), lines: count(kept.lines) })} ${kept.cut && t("attach.cut")}</p>
        <pre class="attached-text" tabindex="0" aria-label=${t("attach.text", { name })}>${kept.excerpt}${more ? "…" : ""}</pre>
      `}
      <div class="dialog-buttons">
        <button class="button" type="button" autofocus onClick=${() => ref.current?.close()}>${t("action.close")}</button>
      </div>
    </dialog>
  `;
}
