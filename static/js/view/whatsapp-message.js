import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icons.js";
import { kindText, momentText, notSent, reasonText, stateText } from "./whatsapp-words.js";

/** @import { WhatsAppConversation, WhatsAppMessage } from "../wire" */

/**
 * Something that was said, with how far it came; or what a person did with the conversation.
 * @param {{ one: WhatsAppMessage, contact: WhatsAppConversation }} props
 */
export function Said({ one, contact }) {
  const at = one.said_at ?? one.created_at;
  const moment = momentText(at);
  if (one.direction === "log") {
    const name = one.by || t("wa.somebody");
    return html`<p class="talk-log">${one.kind === "held" ? t("wa.log.held", { name }) : t("wa.log.given", { name })} · ${moment}</p>`;
  }
  const own = one.direction === "out";
  const who = own ? (one.by === null ? "Léa" : one.by || t("wa.somebody")) : contact.name || contact.number;
  const state = stateText(one);
  const reason = one.error ? reasonText(one.error) : "";
  const kind = kindText(one.kind);
  return html`
    <article class="talk-message ${own ? "own" : ""}" aria-label=${t("wa.said", { who, when: moment })}>
      <p class="talk-who" aria-hidden="true">${who}</p>
      <div class="talk-slip">
        ${kind && html`<p class="talk-kind">${kind}</p>`}
        ${one.file && html`<p class="talk-file"><${Icon} name="file" />${one.file}</p>`}
        ${one.text && html`<p class="talk-text">${one.text}</p>`}
      </div>
      <p class=${notSent(one) ? "talk-state wrong" : "talk-state"}>
        <time datetime=${at}>${moment}</time>${state && html` · <span>${state}</span>`}${reason && html` : ${reason}`}
      </p>
    </article>
  `;
}
