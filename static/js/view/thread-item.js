import { goTo } from "../address.js";
import { announce } from "../announce.js";
import { waitsIn } from "../confirmations.js";
import { remove } from "../deleting.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { room } from "../rooms.js";
import { current, sideOpen } from "../store.js";
import { exportThread, placeThread, renameThread } from "../threads.js";
import { Menu } from "./menu.js";

/** @import { Thread } from "../wire" */

/** @param {{ thread: Thread }} props */
export function ThreadItem({ thread }) {
  const title = thread.title || t("thread.untitled");
  const here = !room.value && current.value?.id === thread.id;
  const open = (/** @type {MouseEvent} */ event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    sideOpen.value = false;
    if (!here) goTo(thread.id);
  };
  return html`
    <li class="thread ${here ? "here" : ""}">
      <a href="#thread=${encodeURIComponent(thread.id)}" aria-current=${here ? "page" : undefined} onClick=${open}>
        <span class="thread-title">${title}</span>
        ${thread.excerpt !== undefined && thread.archived && html`<span class="thread-place">${t("thread.archived")}</span>`}
        ${thread.excerpt && html`<span class="thread-excerpt">${thread.excerpt}</span>`}
        ${!here && waitsIn(thread.id) && html`<span class="thread-asks">${t("thread.asks")}</span>`}
        ${thread.live_turn_id && html`<span class="thread-live" title=${t("thread.live")}></span>`}
      </a>
      <${Menu} label=${t("thread.menu", { title })} items=${itemsOf(thread, title)} />
    </li>
  `;
}

/**
 * @param {Thread} thread
 * @param {string} title
 * @returns {import("./menu.js").Item[]}
 */
function itemsOf({ id, pinned, archived }, title) {
  /** @type {import("./menu.js").Item} */
  const pin = { icon: "pin", text: pinned ? t("thread.unpin") : t("thread.pin"), act: () => place(id, { pinned: !pinned }) };
  return [
    ...(archived ? [] : [pin]),
    { icon: "edit", text: t("thread.rename"), act: () => rename(id, title) },
    { icon: "download", text: t("thread.export.md"), act: () => exportThread(id, "md") },
    { icon: "copy", text: t("thread.export.json"), act: () => exportThread(id, "json") },
    { icon: "box", text: archived ? t("thread.unarchive") : t("thread.archive"), act: () => place(id, { archived: !archived }) },
    { icon: "trash", text: t("thread.delete"), danger: true, act: () => void remove(id) },
  ];
}

/**
 * The item goes to another place, and what had the focus with it.
 * @param {string} id
 * @param {{ pinned: boolean } | { archived: boolean }} change
 */
async function place(id, change) {
  if (!(await placeThread(id, change))) return;
  const { pinned, archived } = { pinned: null, archived: null, ...change };
  if (pinned !== null) announce(pinned ? t("thread.pinned") : t("thread.unpinned"));
  if (archived !== null) announce(archived ? t("thread.archived") : t("thread.unarchived"));
  if (document.activeElement === document.body) document.querySelector(/** @type {"nav"} */ (".threads"))?.focus();
}

/**
 * @param {string} id
 * @param {string} title
 */
async function rename(id, title) {
  const input = { label: t("thread.name"), value: title };
  const given = await ask({ title: t("thread.rename"), confirm: t("action.save"), input });
  if (given !== null && given !== title) await renameThread(id, given);
}
