import { useEffect, useRef } from "preact/hooks";
import { logout } from "../account.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { beginThread } from "../keys.js";
import { room } from "../rooms.js";
import { sheet } from "../sheet.js";
import { me, sideOpen } from "../store.js";
import { LanguageChoice, ThemeChoice } from "./choices.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";
import { Menu } from "./menu.js";
import { useNarrow } from "./narrow.js";
import { ThreadList } from "./thread-list.js";
import { Wordmark } from "./wordmark.js";

const Undo = later(() => import("./undo.js").then((file) => file.Undo));

/** The side panel: a column in a wide window, a drawer in a narrow one. */
export function Side() {
  const narrow = useNarrow();
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const open = sideOpen.value;
  useEffect(() => {
    if (narrow && open && !panel.current?.contains(document.activeElement)) panel.current?.querySelector("button")?.focus();
  }, [narrow, open]);
  return html`
    <aside ref=${panel} class="side" aria-label=${t("side.label")} inert=${narrow && !open}>
      <header class="side-head">
        <${Wordmark} />
        ${narrow &&
        html`<button class="icon-button" aria-label=${t("action.close")} onClick=${() => (sideOpen.value = false)}>
          <${Icon} name="close" />
        </button>`}
      </header>
      <button class="button new-thread" onClick=${beginThread}><${Icon} name="pen" />${t("side.new")}</button>
      <${ThreadList} />
      <${Undo} />
      <footer class="side-foot">
        <nav aria-label=${t("side.rooms")}>
          <${RoomLink} name="transactions" icon="folder" text=${t("transactions.title")} />
          <${RoomLink} name="catalog" icon="book" text=${t("catalog.title")} />
          <${RoomLink} name="runs" icon="steps" text=${t("runs.title")} />
          <${RoomLink} name="schedules" icon="clock" text=${t("schedules.title")} />
          <${RoomLink} name="jobs" icon="columns" text=${t("board.title")} />
          <${RoomLink} name="figures" icon="bars" text=${t("kpis.title")} />
          <${RoomLink} name="costs" icon="coin" text=${t("costs.title")} />
          ${me.value?.whatsapp && html`<${RoomLink} name="whatsapp" icon="speech" text=${t("wa.title")} />`}
          ${me.value?.role === "admin" && html`<${RoomLink} name="admin" icon="gauge" text=${t("admin.title")} />`}
        </nav>
        <div class="choices"><${LanguageChoice} /><${ThemeChoice} /></div>
        <div class="who">
          <span class="initial" aria-hidden="true">${(me.value?.name || me.value?.email || "?").slice(0, 1).toUpperCase()}</span>
          <span class="who-text"><b>${me.value?.name || me.value?.email}</b><small>${me.value?.company.name}</small></span>
          <${Menu}
            label=${t("settings.menu")}
            items=${[
              { text: t("settings.title"), icon: "sliders", act: () => (sheet.value = "settings") },
              { text: t("keys.title"), icon: "keys", act: () => (sheet.value = "shortcuts") },
            ]}
          />
          <button class="icon-button" aria-label=${t("side.logout")} title=${t("side.logout")} onClick=${logout}>
            <${Icon} name="exit" />
          </button>
        </div>
      </footer>
    </aside>
  `;
}

/** @param {{ name: "transactions" | "catalog" | "runs" | "schedules" | "jobs" | "figures" | "costs" | "whatsapp" | "admin", icon: Parameters<typeof Icon>[0]["name"], text: string }} props */
function RoomLink({ name, icon, text }) {
  const close = () => {
    sideOpen.value = false;
  };
  return html`<a class="side-link" href=${`#/${name}`} aria-current=${room.value === name ? "page" : undefined} onClick=${close}>
    <${Icon} name=${icon} />${text}
  </a>`;
}
