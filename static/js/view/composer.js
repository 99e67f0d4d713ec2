import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { llm } from "../store.js";
import { AttachmentButton } from "./attachment-button.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";

const WaitingFiles = later(() => import("./attachment-chips.js").then((file) => file.WaitingFiles));
const Dictating = later(() => import("./dictation.js").then((file) => file.Dictating));

const MOST_CHARACTERS = 32_000;

/** @param {string} text the server counts characters, JavaScript counts UTF-16 units */
const lengthOf = (text) => (text.length > MOST_CHARACTERS ? [...text].length : text.length);

/**
 * Where one writes: grows with the text, Enter sends, Shift+Enter begins a line. While Léa answers the
 * button stops her, and the next message can already be written; it leaves when she has finished.
 * @param {{ conversation: import("../conversation.js").Conversation }} props
 */
export function Composer({ conversation }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const dictating = useSignal(false);
  const voice = llm.value?.voice;
  const { attachments } = conversation;
  const text = conversation.draft.value;
  const busy = conversation.busy.value;
  const excess = lengthOf(text) - MOST_CHARACTERS;

  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);

  const send = () => {
    if (excess <= 0) conversation.sendDraft();
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy) void conversation.stop();
    else send();
    box.current?.focus();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    const pasted = event.clipboardData;
    // A spreadsheet's cells are text, with a picture of them.
    if (!pasted || pasted.files.length === 0 || pasted.types.includes("text/plain")) return;
    event.preventDefault();
    attachments.add(pasted.files);
  };
  return html`
    <form class="composer" onSubmit=${submit}>
      ${voice && dictating.value && html`<${Dictating} conversation=${conversation} most=${voice.max_seconds} close=${() => (dictating.value = false)} />`}
      <${WaitingFiles} attachments=${attachments} held=${conversation.held.value} />
      <${AttachmentButton} attachments=${attachments} />
      <label class="unseen" for="message">${t("composer.label")}</label>
      <textarea
        ref=${box}
        id="message"
        rows="1"
        enterkeyhint="send"
        placeholder=${attachments.chips.value.length > 0 ? t("attach.ask") : t("composer.placeholder")}
        aria-describedby="composer-hint"
        value=${text}
        onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => conversation.write(event.currentTarget.value)}
        onKeyDown=${key}
        onPaste=${paste}
      ></textarea>
      <span id="composer-hint" class="unseen">${t("composer.hint")}</span>
      ${excess > 0 && html`<span class="excess" role="status">${t("composer.excess", { n: excess })}</span>`}
      ${voice &&
      html`<button type="button" class="round attach" aria-label=${t("voice.button")} title=${t("voice.button")} aria-disabled=${String(dictating.value)} onClick=${() => (dictating.value = true)}>
        <${Icon} name="mic" />
      </button>`}
      ${busy
        ? html`<button key="stop" class="round stop" type="submit" aria-label=${t("composer.stop")} aria-disabled=${String(conversation.stopping.value)}>
            <${Icon} name="stop" />
          </button>`
        : html`<button key="send" class="round send" type="submit" aria-label=${t("composer.send")} aria-disabled=${String(!text.trim() || excess > 0)}>
            <${Icon} name="send" />
          </button>`}
    </form>
  `;
}
