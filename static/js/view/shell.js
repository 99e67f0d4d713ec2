import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { room } from "../rooms.js";
import { sideOpen } from "../store.js";
import { later } from "./later.js";
import { Room } from "./room.js";

// One can write before the panel beside it is there.
const Side = later(() => import("./side.js").then((file) => file.Side), html`<aside class="side" aria-busy="true"></aside>`);

/** Where one is when signed in: the side panel, and a room beside it. */
export function Shell() {
  useEffect(() => {
    const close = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) sideOpen.value = false;
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, []);
  const target = room.value ?? "message";
  const skip = (/** @type {MouseEvent} */ event) => {
    event.preventDefault();
    document.getElementById(target)?.focus();
  };
  return html`
    <a class="skip" href=${`#${target}`} onClick=${skip}>${room.value ? t("admin.skip") : t("page.skip")}</a>
    <div class="shell ${sideOpen.value ? "side-open" : ""}">
      <${Side} />
      <div class="veil" onClick=${() => (sideOpen.value = false)}></div>
      <${Room} />
    </div>
  `;
}
