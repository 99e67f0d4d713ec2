import { goTo } from "../address.js";
import { waitsIn } from "../confirmations.js";
import { remove } from "../conversations.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { room } from "../rooms.js";
import { current, sideOpen } from "../store.js";
import { exportThread, renameThread } from "../threads.js";
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
        ${thread.excerpt && html`<span class="thread-excerpt">${thread.excerpt}</span>`}
        ${!here && waitsIn(thread.id) && html`<span class="thread-asks">${t("thread.asks")}</span>`}
        ${thread.live_turn_id && html`<span class="thread-live" title=${t("thread.live")}></span>`}
      </a>
      <${Menu} label=${t("thread.menu", { title })} items=${itemsOf(thread.id, title)} />
    </li>
  `;
}

/**
 * @param {string} id
 * @param {string} title
 * @returns {import("./menu.js").Item[]}
 */
function itemsOf(id, title) {
  return [
    { icon: "edit", text: t("thread.rename"), act: () => rename(id, title) },
    { icon: "download", text: t("thread.export.md"), act: () => exportThread(id, "md") },
    { icon: "copy", text: t("thread.export.json"), act: () => exportThread(id, "json") },
    { icon: "trash", text: t("thread.delete"), danger: true, act: () => confirmDelete(id, title) },
  ];
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

/**
 * @param {string} id
 * @param {string} title
 */
async function confirmDelete(id, title) {
  const sure = await ask({
    title: t("thread.delete.sure"),
    text: t("thread.delete.text", { title }),
    confirm: t("thread.delete"),
    danger: true,
  });
  if (sure !== null) await remove(id);
}
