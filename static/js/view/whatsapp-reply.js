import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Refused } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { drafts, reply } from "../whatsapp.js";
import { Icon } from "./icons.js";
import { useWindow } from "./whatsapp-words.js";

/** @import { WhatsAppConversation } from "../wire" */

const MOST_CHARACTERS = 16_000;

/**
 * Where one writes instead of Léa, as long as WhatsApp lets one.
 * @param {{ digits: string, contact: WhatsAppConversation, sent: () => void }} props
 */
export function Reply({ digits, contact, sent }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const busy = useSignal(false);
  const wrong = useSignal("");
  const { open } = useWindow(contact);
  const text = drafts.value[digits] ?? "";
  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text, open]);

  const send = async () => {
    if (busy.value || !text.trim()) return;
    busy.value = true;
    wrong.value = "";
    try {
      await reply(digits, text.trim());
      sent();
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("notice.failed");
    }
    busy.value = false;
    box.current?.focus();
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void send();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const write = (/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => {
    drafts.value = { ...drafts.peek(), [digits]: event.currentTarget.value };
  };
  return html`
    <div class="talk-dock">
      <div role="alert">${wrong.value && html`<p class="wrong">${wrong.value}</p>`}</div>
      ${open
        ? html`<form class="composer" onSubmit=${submit}>
            <label class="unseen" for="wa-reply">${t("wa.reply")}</label>
            <textarea
              ref=${box}
              id="wa-reply"
              rows="1"
              enterkeyhint="send"
              maxlength=${MOST_CHARACTERS}
              placeholder=${t("wa.reply.placeholder")}
              aria-describedby="wa-reply-hint"
              value=${text}
              onInput=${write}
              onKeyDown=${key}
            ></textarea>
            <span id="wa-reply-hint" class="unseen">${t("composer.hint")}</span>
            <button class="round send" type="submit" aria-label=${t("composer.send")} aria-disabled=${String(busy.value || !text.trim())}>
              <${Icon} name="send" />
            </button>
          </form>`
        : html`<p class="note">${t("wa.closed.why")}</p>`}
    </div>
  `;
}
