import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { SentFiles } from "./attachment-chips.js";

/** @import { Entry } from "../entries.js" */

const MOST_UNITS = 32_000;

/**
 * A message being said again in other words, in the place of the message. Enter sends, Esc leaves it as it was.
 * @param {{ entry: Entry, conversation: import("../conversation.js").Conversation, over: () => void }} props
 */
export function QuestionEdit({ entry, conversation, over }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const text = useSignal(entry.text);
  const busy = conversation.busy.value;
  const said = text.value.trim();

  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text.value]);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(entry.text.length, entry.text.length);
  }, []);

  const send = async () => {
    if (!said || busy || !(await conversation.resend(entry, said))) return;
    over();
    document.getElementById("message")?.focus();
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void send();
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      over();
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void send();
  };
  return html`
    <form class="rewrite" onSubmit=${submit}>
      <textarea
        ref=${box}
        rows="1"
        maxlength=${MOST_UNITS}
        enterkeyhint="send"
        aria-label=${t("edit.label")}
        value=${text.value}
        onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => (text.value = event.currentTarget.value)}
        onKeyDown=${key}
      ></textarea>
      <${SentFiles} files=${entry.files} />
      <div class="rewrite-foot">
        <p class="fine">${t("edit.kept")}</p>
        <button type="button" class="button small" onClick=${over}>${t("action.cancel")}</button>
        <button class="button small primary" aria-disabled=${String(!said || busy)}>${t("edit.send")}</button>
      </div>
    </form>
  `;
}
