import { useEffect, useRef } from "preact/hooks";
import { bringBack, deleted } from "../deleting.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

const LASTS_MS = 10_000;

/** For some seconds after a conversation was deleted, the way back; longer while one is about to take it. */
export function Undo() {
  const line = useRef(/** @type {HTMLElement | null} */ (null));
  const last = deleted.value;
  useEffect(() => {
    if (!last) return;
    // What had the focus is gone with the conversation.
    if (document.activeElement === document.body) line.current?.querySelector("button")?.focus({ preventScroll: true });
    const over = () => {
      if (!line.current?.matches(":hover, :has(:focus-visible)")) deleted.value = null;
      else timer = setTimeout(over, LASTS_MS);
    };
    let timer = setTimeout(over, LASTS_MS);
    return () => clearTimeout(timer);
  }, [last]);
  useEffect(() => () => void (deleted.value = null), []);
  if (!last) return null;
  return html`<p ref=${line} class="undo">
    <span>${t("thread.deleted")}</span>
    <button class="link" aria-label=${t("thread.restore")} onClick=${bringBack}>${t("thread.undo")}</button>
  </p>`;
}
