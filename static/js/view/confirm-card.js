import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { abilities, confirmations, expiry, wasJustAsked } from "../confirmations.js";
import { editables, edits } from "../confirm-fields.js";
import { decide } from "../deciding.js";
import { NOTHING_WRONG, wrongsOf } from "../field-errors.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Changes } from "./changes.js";
import { ConfirmFields } from "./confirm-fields.js";
import { useSecondsUntil } from "./countdown.js";
import { toFirstWrong } from "./fields.js";
import { inWords } from "./figures.js";
import { Icon } from "./icons.js";
import { fieldText, valueText } from "./record-words.js";
import { useShortcuts } from "./shortcuts.js";

/** @import { Conversation } from "../conversation.js" */
/** @import { Confirm, ConfirmState } from "../wire" */

/**
 * What Léa asks before she writes: what exactly, until when, and the two ways to answer.
 * @param {{ told: Confirm, conversation: Conversation }} props
 */
export function ConfirmCard({ told, conversation }) {
  const confirm = confirmations.latest(told);
  const left = useSecondsUntil(confirm.state === "asked" ? expiry(confirm) : null);
  const state = confirm.state === "asked" && left === 0 ? "expired" : confirm.state;
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const titleId = useId();
  const toTitle = () => card.current?.querySelector("h2")?.focus();
  useEffect(() => {
    if (wasJustAsked(told.id) && state === "asked" && nothingIsWritten()) toTitle();
  }, []);
  return html`
    <section ref=${card} class="confirm" data-state=${state} aria-labelledby=${titleId}>
      <h2 id=${titleId} tabindex="-1">${stateText(state)}</h2>
      <p class="confirm-summary">${confirm.summary}</p>
      ${state === "asked"
        ? html`<${Open} confirm=${confirm} conversation=${conversation} card=${card} left=${left} toTitle=${toTitle} />`
        : html`<${Outcome} confirm=${confirm} state=${state} />`}
    </section>
  `;
}

/** Whether the focus can be taken: it is in the composer, and nothing stands there. */
function nothingIsWritten() {
  const composer = document.activeElement;
  return composer instanceof HTMLTextAreaElement && composer.id === "message" && composer.value === "";
}

/** @param {{ confirm: Confirm, conversation: Conversation, card: { current: HTMLElement | null }, left: number, toTitle: () => void }} props */
function Open({ confirm, conversation, card, left, toTitle }) {
  const editing = useSignal(false);
  const busy = useSignal(false);
  const written = useSignal(/** @type {Record<string, string>} */ ({}));
  const wrongs = useSignal(NOTHING_WRONG);
  const ability = abilities.value.value?.find(({ name }) => name === confirm.name);
  const fields = editables(confirm, ability?.arguments);
  useEffect(() => {
    if (!abilities.value.peek()) void abilities.read();
  }, []);

  const act = async (/** @type {"approve" | "reject"} */ decision) => {
    if (busy.value) return;
    busy.value = true;
    wrongs.value = NOTHING_WRONG;
    try {
      await decide(conversation, confirm, decision, decision === "approve" ? edits(fields, written.value) : {});
      toTitle();
      announce(decision === "approve" ? t("confirm.approved") : t("confirm.rejected"));
    } catch (error) {
      wrongs.value = wrongsOf(error, editing.value ? fields.map(({ name }) => name) : []);
      toFirstWrong(card.current);
    }
    busy.value = false;
  };
  useShortcuts(card, { Y: () => void act("approve"), N: () => void act("reject") });

  return html`
    <${Changes} list=${confirm.facts} />
    ${editing.value
      ? html`<${ConfirmFields} fields=${fields} facts=${confirm.facts} written=${written} wrongs=${wrongs.value} />`
      : fields.length > 0 &&
        html`<button class="link" onClick=${() => (editing.value = true)}>${t("confirm.edit")}</button>`}
    <div role="alert">${wrongs.value.whole && html`<p class="wrong">${wrongs.value.whole}</p>`}</div>
    <div class="confirm-buttons">
      <button class="button primary" aria-keyshortcuts="Alt+Y" aria-disabled=${String(busy.value)} onClick=${() => act("approve")}>
        <${Icon} name="check" />${busy.value ? t("action.wait") : t("confirm.approve")}<kbd aria-hidden="true">Alt+Y</kbd>
      </button>
      <button class="button" aria-keyshortcuts="Alt+N" aria-disabled=${String(busy.value)} onClick=${() => act("reject")}>
        <${Icon} name="close" />${t("confirm.reject")}<kbd aria-hidden="true">Alt+N</kbd>
      </button>
      <span class="fine">${t("confirm.until", { time: inWords(left) })}</span>
    </div>
  `;
}

/** @param {{ confirm: Confirm, state: ConfirmState }} props */
function Outcome({ confirm, state }) {
  if (state === "expired") return html`<p class="fine">${t("confirm.expired.text")}</p>`;
  if (state !== "approved") return null;
  // The values that were approved, which need not be those that were proposed.
  const values = Object.entries(confirm.arguments)
    .filter(([name, value]) => name !== "transaction" && (typeof value === "string" || typeof value === "number"))
    .map(([name, value]) => ({
      name,
      label: confirm.facts.find((fact) => fact.name === name)?.label || fieldText(name),
      before: null,
      after: valueText(name, String(value)),
    }));
  return values.length > 0 && html`<${Changes} list=${values} />`;
}

/** @param {ConfirmState} state */
function stateText(state) {
  switch (state) {
    case "asked":
      return t("confirm.asked");
    case "approved":
      return t("confirm.approved");
    case "rejected":
      return t("confirm.rejected");
    default:
      return t("confirm.expired");
  }
}
