import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { reasonText } from "./feedback-words.js";

/** @import { Feedback } from "../wire" */

/** @type {readonly NonNullable<Feedback["reason"]>[]} */
const REASONS = ["wrong", "incomplete", "not_done", "unclear", "other"];
const MOST_CHARACTERS = 1000;

/**
 * What was not good about an answer. Enter sends, Esc leaves it at the thumb.
 * @param {object} props
 * @param {string} props.wrong
 * @param {boolean} props.busy
 * @param {(wanted: { rating: "down", reason: Feedback["reason"], comment: string }) => void} props.send
 * @param {() => void} props.over
 */
export function FeedbackForm({ wrong, busy, send, over }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    form.current?.querySelector("input")?.focus();
  }, []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!form.current || busy) return;
    const given = new FormData(form.current);
    const reason = REASONS.find((one) => one === given.get("reason")) ?? null;
    send({ rating: "down", reason, comment: String(given.get("comment")) });
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      over();
    }
    if (event.key !== "Enter" || event.shiftKey || event.target instanceof HTMLButtonElement) return;
    submit(event);
  };
  return html`
    <form ref=${form} class="feedback" onSubmit=${submit} onKeyDown=${key}>
      <fieldset>
        <legend>${t("feedback.why")}</legend>
        ${REASONS.map(
          (one) => html`<label key=${one} class="reason"><input type="radio" name="reason" value=${one} /><span>${reasonText(one)}</span></label>`,
        )}
      </fieldset>
      <div class="field">
        <label for=${id}>${t("feedback.comment")}</label>
        <textarea id=${id} name="comment" rows="2" maxlength=${MOST_CHARACTERS} enterkeyhint="send"></textarea>
      </div>
      <div class="feedback-foot">
        <p class="fine">${t("feedback.seen")}</p>
        ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
        <button type="button" class="button small" onClick=${over}>${t("action.close")}</button>
        <button class="button small primary" aria-disabled=${String(busy)}>${t("feedback.send")}</button>
      </div>
    </form>
  `;
}
