import { signal } from "@preact/signals";

const read = () => new URLSearchParams(location.hash.slice(1)).get("thread");

/** @returns {string[]} */
const readPlace = () => (location.hash.startsWith("#/") ? location.hash.slice(2).split("/") : []);

/** Where one is that is no conversation: `["admin", "turns", ID]` for `#/admin/turns/ID`; empty in a conversation. */
export const place = signal(readPlace());

/** The thread named in the address bar; null for a new conversation. */
export const addressed = signal(read());

window.addEventListener("hashchange", () => {
  place.value = readPlace();
  if (place.value.length === 0) addressed.value = read();
});

/**
 * @param {string | null} threadId
 * @param {{ replace?: boolean }} [how] replace: no step of its own in the browser's history
 */
export function goTo(threadId, { replace = false } = {}) {
  const url = threadId ? `#thread=${encodeURIComponent(threadId)}` : location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  place.value = [];
  addressed.value = threadId;
}

/**
 * The one-time token of a link, printed in the terminal or made by an administrator, taken out of the address bar and the history at once.
 * @returns {{ kind: "setup" | "signin" | "password", token: string } | null}
 */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const kind of /** @type {const} */ (["setup", "signin", "password"])) {
    const token = given.get(kind);
    if (token === null) continue;
    history.replaceState(null, "", location.pathname);
    addressed.value = null;
    return { kind, token };
  }
  return null;
}
