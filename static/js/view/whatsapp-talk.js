import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { me } from "../store.js";
import { hold, moreMessages, talk } from "../whatsapp.js";
import { attempt } from "./attempt.js";
import { Icon } from "./icons.js";
import { useStick } from "./stick.js";
import { Said } from "./whatsapp-message.js";
import { Reply } from "./whatsapp-reply.js";
import { holderText, useWindow } from "./whatsapp-words.js";

/** @import { WhatsAppConversation } from "../wire" */
/** @typedef {import("../whatsapp.js").Talk} Whole */

/** One number's conversation: what was said, how far it came, and answering oneself. @param {{ digits: string }} props */
export function Talk({ digits }) {
  const found = talk.value.value;
  const whole = found?.digits === digits ? found : null;
  const state = talk.state.value;
  const name = whole ? whole.contact.name || whole.contact.number : `+${digits}`;
  return html`
    <section class="talk" aria-label=${t("wa.with", { name })} aria-busy=${String(state === "loading")}>
      <header class="talk-head">
        <a class="back" href="#/whatsapp"><${Icon} name="left" />${t("wa.back")}</a>
        <h2 tabindex="-1">${name}</h2>
        ${whole && html`<${About} contact=${whole.contact} digits=${digits} />`}
      </header>
      <div role="status">
        ${state === "missing" && html`<p class="note">${t("wa.gone")}</p>`}
        ${state === "failed" && html`<p class="problem">${t("admin.failed")}</p>`}
      </div>
      ${state === "failed" &&
      html`<button class="button small" onClick=${() => talk.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
      ${whole && state !== "missing" && html`<${Body} whole=${whole} />`}
    </section>
  `;
}

/** Whose number it is, until when it may be written to, and who answers. @param {{ contact: WhatsAppConversation, digits: string }} props */
function About({ contact, digits }) {
  const busy = useSignal(false);
  const { user_id, held_at } = contact;
  const take = async (/** @type {boolean} */ held) => {
    if (busy.value) return;
    busy.value = true;
    await attempt(async () => {
      await hold(digits, held);
      announce(held ? t("wa.taken.told") : t("wa.given.told"));
    });
    busy.value = false;
  };
  const mine = held_at && contact.held_by === me.value?.name;
  return html`
    <p class="fine">
      ${contact.name && html`<span class="talk-number">${contact.number}</span> · `}<${Window} contact=${contact} />
    </p>
    <p class="fine talk-holder">${user_id ? (held_at ? holderText(contact) : t("wa.lea")) : t("wa.stranger.why")}</p>
    ${user_id &&
    html`<div class="talk-deeds">
      ${!mine &&
      html`<button key="take" class="button small" aria-disabled=${String(busy.value)} onClick=${() => take(true)}>${t("wa.take")}</button>`}
      ${held_at &&
      html`<button key="give" class="button small" aria-disabled=${String(busy.value)} onClick=${() => take(false)}>${t("wa.give")}</button>`}
    </div>`}
  `;
}

/** @param {{ contact: WhatsAppConversation }} props */
function Window({ contact }) {
  const { text, open } = useWindow(contact);
  return html`<span class=${open ? "window" : "window closed"}>${text}</span>`;
}

/** @param {{ whole: Whole }} props */
function Body({ whole }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const below = useRef(/** @type {number | null} */ (null));
  const sent = useSignal(0);
  const stick = useStick(scroller, sent.value);
  const { messages, contact, digits, next_cursor } = whole;
  const first = messages[0]?.id;
  useLayoutEffect(() => {
    // What is read stays where it is when earlier messages come above it.
    if (below.current !== null && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight - below.current;
    below.current = null;
  }, [first]);
  const last = messages.at(-1);
  const heard = useRef(last?.id);
  useEffect(() => {
    if (last && heard.current !== last.id && last.direction === "in") announce(t("wa.new", { name: contact.name || contact.number }));
    heard.current = last?.id;
  }, [last?.id]);
  const earlier = () => {
    if (scroller.current) below.current = scroller.current.scrollHeight - scroller.current.scrollTop;
    void moreMessages();
  };
  return html`
    <div ref=${scroller} class="scroller" tabindex="0" role="region" aria-label=${t("wa.messages")}>
      <div class="talk-said">
        ${next_cursor && html`<p class="earlier"><button class="button small" onClick=${earlier}>${t("chat.earlier")}</button></p>`}
        ${messages.map((one) => html`<${Said} key=${one.id} one=${one} contact=${contact} />`)}
      </div>
    </div>
    ${!stick.following.value &&
    html`<div class="talk-end">
      <button class="button small" onClick=${stick.toEnd}><${Icon} name="down" />${stick.news.value ? t("chat.new") : t("chat.end")}</button>
    </div>`}
    <${Reply} digits=${digits} contact=${contact} sent=${() => sent.value++} />
  `;
}
