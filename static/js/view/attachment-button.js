import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icons.js";

const KINDS = ".txt,.md,.csv,.tsv,.xlsx,.json,.pdf,text/*";

/**
 * Chooses files to ask about.
 * @param {{ attachments: import("../attachments.js").Attachments }} props
 */
export function AttachmentButton({ attachments }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = (/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
    attachments.add(currentTarget.files ?? []);
    currentTarget.value = "";
    document.getElementById("message")?.focus();
  };
  return html`
    <input ref=${input} class="unseen" type="file" multiple accept=${KINDS} tabindex="-1" aria-hidden="true" onChange=${chosen} />
    <button type="button" class="round attach" aria-label=${t("attach.button")} title=${t("attach.button")} onClick=${() => input.current?.click()}>
      <${Icon} name="clip" />
    </button>
  `;
}
