import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { threads, threadsCursor, threadsState } from "../store.js";
import { loadOlderThreads, loadThreads, searchThreads } from "../threads.js";
import { byDay } from "./days.js";
import { Icon } from "./icons.js";
import { ThreadItem } from "./thread-item.js";

/** @import { Thread } from "../wire" */

const PAUSE_MS = 200;

/** The conversations, or what a search found among them. */
export function ThreadList() {
  const query = useSignal("");
  const found = useSearch(query.value.trim());
  return html`
    <label class="search">
      <${Icon} name="search" />
      <span class="unseen">${t("side.search")}</span>
      <input
        type="search"
        maxlength="200"
        placeholder=${t("side.search")}
        value=${query.value}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => (query.value = event.currentTarget.value)}
      />
    </label>
    <nav class="threads" aria-label=${t("side.threads")}>
      ${found ? html`<${Found} list=${found} />` : html`<${Everything} />`}
    </nav>
  `;
}

/**
 * Searches when the typing pauses. Null: nothing is asked.
 * @param {string} query
 */
function useSearch(query) {
  const found = useSignal(/** @type {Thread[] | null} */ (null));
  useEffect(() => {
    const cut = new AbortController();
    if (!query) found.value = null;
    const timer = setTimeout(async () => {
      if (!query) return;
      const list = await searchThreads(query, cut.signal).catch(() => null);
      if (!cut.signal.aborted) found.value = list ?? [];
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      cut.abort();
    };
  }, [query]);
  return found.value;
}

/** @param {{ list: Thread[] }} props */
function Found({ list }) {
  if (list.length === 0) return html`<p class="threads-empty">${t("side.nothing")}</p>`;
  return html`<ul>${list.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>`;
}

function Everything() {
  if (threadsState.value === "loading") return html`<div class="threads-loading" aria-label=${t("page.starting")}><i></i><i></i><i></i></div>`;
  if (threadsState.value === "failed") {
    return html`<p class="threads-empty">
      ${t("side.failed")} <button class="link" onClick=${loadThreads}>${t("action.retry")}</button>
    </p>`;
  }
  if (threads.value.length === 0) return html`<p class="threads-empty">${t("side.empty")}</p>`;
  return html`
    ${byDay(threads.value).map(
      ({ name, list }) => html`
        <h2 key=${name}>${name}</h2>
        <ul>${list.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>
      `,
    )}
    ${threadsCursor.value &&
    html`<button class="link older" onClick=${() => loadOlderThreads().catch(() => null)}>${t("side.older")}</button>`}
  `;
}
