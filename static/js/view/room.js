import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import { section } from "../admin.js";
import { html } from "../html.js";
import { allWords, t } from "../i18n.js";
import { fileName, room } from "../rooms.js";
import { Chat } from "./chat.js";
import { SideToggle } from "./side-toggle.js";

/** @typedef {NonNullable<typeof room.value>} Name */
/** @typedef {(props: any) => import("../html.js").VNode} View */

/**
 * The rooms beside the conversation come when they are first opened: who only talks to Léa does not wait for them.
 * @type {Record<Name, () => Promise<View>>}
 */
const VIEWS = {
  transactions: () => import("./transactions.js").then((file) => file.Transactions),
  jobs: () => import("./jobs.js").then((file) => file.Jobs),
  figures: () => import("./kpis.js").then((file) => file.Kpis),
  schedules: () => import("./schedules.js").then((file) => file.Schedules),
  costs: () => import("./costs.js").then((file) => file.Costs),
  catalog: () => import("./catalog.js").then((file) => file.Catalog),
  runs: () => import("./runs.js").then((file) => file.Runs),
  whatsapp: () => import("./whatsapp.js").then((file) => file.WhatsApp),
  admin: () => import("./admin.js").then((file) => file.Admin),
};

/** @type {import("@preact/signals").Signal<Partial<Record<Name, View | "failed">>>} */
const views = signal({});

/** @param {Name} name */
async function load(name) {
  const { [name]: before, ...others } = views.peek();
  views.value = others;
  const view = await Promise.all([VIEWS[name](), allWords()]).then(
    ([there]) => there,
    () => null,
  );
  // A tab from before a deploy may not fit the files of today: from the second time on it starts anew.
  if (!view && before === "failed" && (await reached())) location.reload();
  else views.value = { ...views.peek(), [name]: view ?? "failed" };
}

const reached = () => fetch("/", { cache: "no-store" }).then(
  (answer) => answer.ok,
  () => false,
);

/** Where one is: the conversation or a room. */
export function Room() {
  const name = room.value;
  if (!name) return html`<${Chat} />`;
  const view = views.value[name];
  if (typeof view !== "function") return html`<${Door} key=${name} name=${name} failed=${view === "failed"} />`;
  return name === "admin" ? html`<${view} section=${section.value} />` : html`<${view} />`;
}

/**
 * What stands where a room will be.
 * @param {{ name: Name, failed: boolean }} props
 */
function Door({ name, failed }) {
  useEffect(() => void load(name), [name]);
  return html`
    <main id=${name} class="chat room" tabindex="-1" aria-busy=${String(!failed)}>
      <header class="bar"><${SideToggle} /><h1>${titleOf(name)}</h1></header>
      <div class="scroller">
        <div class="room-page" role="status">
          ${failed &&
          html`<div class="empty">
            <p>${t("room.failed")}</p>
            <button class="button" onClick=${() => load(name)}>${t("action.retry")}</button>
          </div>`}
        </div>
      </div>
    </main>
  `;
}

/** What the window is called in a room; "" in the conversation. */
export function roomTitle() {
  const file = fileName.value;
  if (file && file !== "new") return file;
  return room.value ? titleOf(room.value) : "";
}

/** @param {Name} name */
function titleOf(name) {
  switch (name) {
    case "transactions":
      return t("transactions.title");
    case "jobs":
      return t("board.title");
    case "figures":
      return t("kpis.title");
    case "schedules":
      return t("schedules.title");
    case "costs":
      return t("costs.title");
    case "catalog":
      return t("catalog.title");
    case "runs":
      return t("runs.title");
    case "whatsapp":
      return t("wa.title");
    case "admin":
      return t("admin.title");
  }
}
