import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { sideOpen } from "../store.js";
import { Chat } from "./chat.js";
import { Side } from "./side.js";

/** The room one is in when signed in: the side panel and the conversation. */
export function Shell() {
  useEffect(() => {
    const close = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") sideOpen.value = false;
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, []);
  const skip = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    document.getElementById("message")?.focus();
  };
  return html`
    <a class="skip" href="#message" onClick=${skip}>${t("page.skip")}</a>
    <div class="shell ${sideOpen.value ? "side-open" : ""}">
      <${Side} />
      <div class="veil" onClick=${() => (sideOpen.value = false)}></div>
      <${Chat} />
    </div>
  `;
}
