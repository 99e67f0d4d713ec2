import { useEffect } from "preact/hooks";
import { section } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { room } from "../rooms.js";
import { sideOpen } from "../store.js";
import { Admin } from "./admin.js";
import { Catalog } from "./catalog.js";
import { Chat } from "./chat.js";
import { Costs } from "./costs.js";
import { Jobs } from "./jobs.js";
import { Kpis } from "./kpis.js";
import { Runs } from "./runs.js";
import { Side } from "./side.js";
import { Transactions } from "./transactions.js";

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

function Room() {
  switch (room.value) {
    case "transactions":
      return html`<${Transactions} />`;
    case "jobs":
      return html`<${Jobs} />`;
    case "figures":
      return html`<${Kpis} />`;
    case "costs":
      return html`<${Costs} />`;
    case "catalog":
      return html`<${Catalog} />`;
    case "runs":
      return html`<${Runs} />`;
    case "admin":
      return html`<${Admin} section=${section.value} />`;
    default:
      return html`<${Chat} />`;
  }
}
