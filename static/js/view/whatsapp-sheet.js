import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icons.js";

/** @import { VNode } from "../html.js" */

/**
 * Lies over the room until it is closed. Esc and the way back of the focus are the browser's.
 * @param {{ title: string, close: () => void, children?: unknown }} props
 * @returns {VNode}
 */
export function Laid({ title, close, children }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => ref.current?.showModal(), []);
  return html`
    <dialog ref=${ref} class="laid" aria-labelledby="laid-title" onClose=${close}>
      <div class="laid-head">
        <h2 id="laid-title">${title}</h2>
        <button class="icon-button" type="button" aria-label=${t("action.close")} onClick=${() => ref.current?.close()}>
          <${Icon} name="close" />
        </button>
      </div>
      <div class="laid-parts">${children}</div>
    </dialog>
  `;
}
