import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { sheet } from "../sheet.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";

const Settings = later(() => import("./settings.js").then((file) => file.Settings));
const ShortcutList = later(() => import("./shortcuts-sheet.js").then((file) => file.ShortcutList));

/** What lies over the page: the settings or the shortcuts. Esc and the focus are the browser's. */
export function Sheet() {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const shown = sheet.value;
  useEffect(() => {
    if (shown && !ref.current?.open) ref.current?.showModal();
  }, [shown]);
  if (!shown) return null;
  return html`
    <dialog ref=${ref} class="laid" aria-labelledby="sheet-title" onClose=${() => (sheet.value = null)}>
      <div class="laid-head">
        <h2 id="sheet-title">${shown === "settings" ? t("settings.title") : t("keys.title")}</h2>
        <button class="icon-button" type="button" aria-label=${t("action.close")} onClick=${() => ref.current?.close()}>
          <${Icon} name="close" />
        </button>
      </div>
      ${shown === "settings" ? html`<${Settings} />` : html`<${ShortcutList} />`}
    </dialog>
  `;
}
