import { signal } from "@preact/signals";
import { addressed, goTo } from "./address.js";
import { announce } from "./announce.js";
import { forget } from "./conversations.js";
import { t } from "./i18n.js";
import { deleteThread, restoreThread } from "./threads.js";

/** @type {import("@preact/signals").Signal<{ id: string, shown: boolean } | null>} what can be brought back by a click */
export const deleted = signal(null);

/**
 * Deletes a conversation without asking: it can be brought back.
 * @param {string} id
 */
export async function remove(id) {
  const shown = addressed.value === id;
  const done = deleteThread(id);
  if (shown) goTo(null, { replace: true });
  if (!(await done)) return;
  forget(id);
  deleted.value = { id, shown };
  announce(t("thread.deleted"));
}

export async function bringBack() {
  const last = deleted.value;
  if (!last) return;
  deleted.value = null;
  if ((await restoreThread(last.id)) && last.shown && addressed.value === null) goTo(last.id);
}
