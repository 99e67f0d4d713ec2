import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { archived, threads, threadsCursor, threadsState } from "../store.js";
import { loadArchived, loadOlderThreads, loadThreads, searchThreads } from "../threads.js";
import { attempt } from "./attempt.js";
import { byDay } from "./days.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";
import { ThreadItem } from "./thread-item.js";

const Archived = later(() => import("./archived.js").then((file) => file.Archived));

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
        id="search"
        type="search"
        maxlength="200"
        placeholder=${t("side.search")}
        value=${query.value}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => (query.value = event.currentTarget.value)}
      />
    </label>
    <nav class="threads" tabindex="-1" aria-label=${t("side.threads")}>
      ${found ? html`<${Found} list=${found} />` : html`<${Everything} />`}
    </nav>
  `;
}

/**
 * Searches when the typing pauses, and again when the conversations change. Null: nothing is asked.
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
  }, [query, query && threads.value]);
  return found.value;
}

/** @param {{ list: Thread[] }} props */
function Found({ list }) {
  if (list.length === 0) return html`<p class="threads-empty">${t("side.nothing")}</p>`;
  return html`<ul>${list.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>`;
}

function Everything() {
  if (threadsState.value === "loading") return html`<div class="threads-loading" role="img" aria-label=${t("page.starting")}><i></i><i></i><i></i></div>`;
  if (threadsState.value === "failed") {
    return html`<p class="threads-empty">
      ${t("side.failed")} <button class="link" onClick=${loadThreads}>${t("action.retry")}</button>
    </p>`;
  }
  if (archived.value) return html`<${Archived} />`;
  const pinned = threads.value.filter((one) => one.pinned);
  return html`
    ${threads.value.length === 0 && html`<p class="threads-empty">${t("side.empty")}</p>`}
    ${pinned.length > 0 &&
    html`
      <h2 key="pinned">${t("side.pinned")}</h2>
      <ul>${pinned.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>
    `}
    ${byDay(threads.value.filter((one) => !one.pinned)).map(
      ({ name, list }) => html`
        <h2 key=${name}>${name}</h2>
        <ul>${list.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>
      `,
    )}
    ${threadsCursor.value &&
    html`<button class="link older" onClick=${() => loadOlderThreads().catch(() => null)}>${t("side.older")}</button>`}
    <button class="link older put-away" onClick=${() => void attempt(loadArchived)}>${t("side.archived")}</button>
  `;
}
