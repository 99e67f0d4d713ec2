import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { archived, archivedCursor } from "../store.js";
import { loadOlderArchived } from "../threads.js";
import { attempt } from "./attempt.js";
import { ThreadItem } from "./thread-item.js";

/** The conversations that were put away, in the place of the others. */
export function Archived() {
  const list = archived.value ?? [];
  const back = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    back.current?.focus();
    return () => void (archived.value = null);
  }, []);
  return html`
    <button ref=${back} class="link older" onClick=${() => (archived.value = null)}>${t("side.archived.back")}</button>
    <h2>${t("side.archived")}</h2>
    ${list.length === 0
      ? html`<p class="threads-empty">${t("side.archived.none")}</p>`
      : html`<ul>${list.map((thread) => html`<${ThreadItem} key=${thread.id} thread=${thread} />`)}</ul>`}
    ${archivedCursor.value && html`<button class="link older" onClick=${() => void attempt(loadOlderArchived)}>${t("side.older")}</button>`}
  `;
}
