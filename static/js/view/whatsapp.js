import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { list, number, readShownTalks } from "../whatsapp.js";
import { useNarrow } from "./narrow.js";
import { SideToggle } from "./side-toggle.js";
import { Talks } from "./whatsapp-list.js";
import { Numbers } from "./whatsapp-numbers.js";
import { Profile } from "./whatsapp-profile.js";
import { Talk } from "./whatsapp-talk.js";

/** The room of WhatsApp: conversations to read along and answer in; in a narrow window the list or one of them. */
export function WhatsApp() {
  const narrow = useNarrow();
  const digits = number.value;
  const laid = useSignal(/** @type {"numbers" | "profile" | null} */ (null));
  const before = useRef(/** @type {string | null} */ (null));
  useEffect(() => {
    readShownTalks();
    // In a narrow window what had the focus has gone with the list, or with the conversation.
    if (narrow && before.current !== null && before.current !== digits) toPart(digits, before.current);
    before.current = digits;
  }, [digits]);
  const close = () => (laid.value = null);
  const missing = list.state.value === "missing";
  return html`
    <main id="whatsapp" class="chat room" tabindex="-1">
      <header class="bar">
        <${SideToggle} />
        <h1>${t("wa.title")}</h1>
        ${!missing &&
        html`<button class="button small" aria-haspopup="dialog" onClick=${() => (laid.value = "numbers")}>${t("wa.numbers")}</button>
          <button class="button small" aria-haspopup="dialog" onClick=${() => (laid.value = "profile")}>${t("wa.profile")}</button>`}
      </header>
      ${missing
        ? html`<div class="scroller"><div class="room-page"><p class="note" role="status">${t("wa.missing")}</p></div></div>`
        : html`<div class="talks">
            ${(!narrow || !digits) && html`<${Talks} />`}
            ${digits ? html`<${Talk} key=${digits} digits=${digits} />` : !narrow && html`<p class="talks-none">${t("wa.choose")}</p>`}
          </div>`}
      ${laid.value === "numbers" && html`<${Numbers} close=${close} />`}
      ${laid.value === "profile" && html`<${Profile} close=${close} />`}
    </main>
  `;
}

/**
 * @param {string} digits the conversation one goes to; "" for the list
 * @param {string} left the one that was left
 */
function toPart(digits, left) {
  const part = document.querySelector(digits ? ".talk-head h2" : `.talk-row[href="#/whatsapp/${CSS.escape(left)}"]`);
  if (part instanceof HTMLElement) part.focus();
}
