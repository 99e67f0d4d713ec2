import { useEffect } from "preact/hooks";
import { section } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { sideOpen } from "../store.js";
import { Admin } from "./admin.js";
import { Chat } from "./chat.js";
import { Side } from "./side.js";

/** Where one is when signed in: the side panel, and a room beside it. */
export function Shell() {
  useEffect(() => {
    const close = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") sideOpen.value = false;
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, []);
  const target = section.value ? "admin" : "message";
  const skip = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    document.getElementById(target)?.focus();
  };
  return html`
    <a class="skip" href=${`#${target}`} onClick=${skip}>${section.value ? t("admin.skip") : t("page.skip")}</a>
    <div class="shell ${sideOpen.value ? "side-open" : ""}">
      <${Side} />
      <div class="veil" onClick=${() => (sideOpen.value = false)}></div>
      ${section.value ? html`<${Admin} section=${section.value} />` : html`<${Chat} />`}
    </div>
  `;
}
