import { html } from "../html.js";
import { t } from "../i18n.js";
import { sideOpen } from "../store.js";
import { Icon } from "./icons.js";

/** Opens the side panel where it is a drawer. */
export function SideToggle() {
  return html`
    <button
      class="icon-button side-toggle"
      aria-label=${t("side.open")}
      aria-expanded=${String(sideOpen.value)}
      onClick=${() => (sideOpen.value = true)}
    >
      <${Icon} name="menu" />
    </button>
  `;
}
