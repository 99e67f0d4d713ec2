import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { Refused } from "../api.js";
import { rate } from "../feedback.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { FeedbackForm } from "./feedback-form.js";
import { Icon } from "./icons.js";

/** @import { Entry } from "../entries.js" */
/** @import { Feedback } from "../wire" */

/** @typedef {Pick<Feedback, "rating"> & Partial<Feedback>} Wanted */

/**
 * Two thumbs below an answer. Up is one click, and so is down, which then asks why. What is pressed is taken back by
 * pressing it again.
 * @param {{ entry: Entry, conversation: import("../conversation.js").Conversation }} props
 */
export function Thumbs({ entry, conversation }) {
  const asking = useSignal(false);
  const busy = useSignal(false);
  const wrong = useSignal("");
  const down = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const { id, feedback } = entry;
  if (id === null) return null;

  const say = async (/** @type {Wanted | null} */ wanted) => {
    if (busy.value) return false;
    busy.value = true;
    wrong.value = "";
    try {
      await rate(conversation, id, wanted);
      announce(wanted ? t("feedback.thanks") : t("feedback.taken"));
      return true;
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("feedback.failed");
      return false;
    } finally {
      busy.value = false;
    }
  };
  const press = async (/** @type {Feedback["rating"]} */ rating) => {
    const pressed = feedback?.rating === rating;
    if (await say(pressed ? null : { rating })) asking.value = rating === "down" && !pressed;
  };
  const over = () => {
    asking.value = false;
    down.current?.focus();
  };
  const explain = async (/** @type {Wanted} */ wanted) => {
    if (await say(wanted)) over();
  };
  return html`
    <span class="thumbs" role="group" aria-label=${t("feedback.label")}>
      <${Thumb} name="good" text=${t("feedback.up")} pressed=${feedback?.rating === "up"} act=${() => press("up")} />
      <${Thumb} name="bad" text=${t("feedback.down")} pressed=${feedback?.rating === "down"} act=${() => press("down")} button=${down} />
    </span>
    ${feedback?.rating === "down" && !feedback.reason && !feedback.comment && !asking.value &&
    html`<button class="tool" onClick=${() => (asking.value = true)}>${t("feedback.more")}</button>`}
    ${wrong.value && !asking.value && html`<span class="wrong" role="alert">${wrong.value}</span>`}
    ${asking.value && html`<${FeedbackForm} wrong=${wrong.value} busy=${busy.value} send=${explain} over=${over} />`}
  `;
}

/** @param {{ name: "good" | "bad", text: string, pressed: boolean, act: () => void, button?: import("preact").RefObject<HTMLButtonElement> }} props */
function Thumb({ name, text, pressed, act, button }) {
  return html`<button ref=${button} class="tool thumb" aria-label=${text} title=${text} aria-pressed=${String(pressed)} onClick=${act}>
    <${Icon} name=${name} />
  </button>`;
}
