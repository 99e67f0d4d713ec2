import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { Refused } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { receipts, undo } from "../receipts.js";
import { me } from "../store.js";
import { Changes } from "./changes.js";
import { when } from "./figures.js";
import { Icon } from "./icons.js";
import { pipelineText } from "./run-words.js";

/** @import { ActionState, Receipt } from "../wire" */

/** @param {{ list: Receipt[] }} props what Léa did, in the order it happened */
export function Receipts({ list }) {
  return html`<ul class="receipts" aria-label=${t("receipt.list")}>
    ${list.map((one) => html`<${Card} key=${one.id} told=${one} />`)}
  </ul>`;
}

/** @param {{ told: Receipt }} props */
function Card({ told }) {
  const { state, summary, record, changes = [], undoable } = receipts.latest(told);
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  return html`
    <li class="receipt" data-state=${state}>
      <p ref=${title} class="receipt-title" tabindex="-1">
        <${Icon} name=${ICONS[state]} /><b>${stateText(state)}</b> <span class="receipt-words">${summary}</span>
      </p>
      ${changes.length > 0 && html`<${Changes} list=${changes} />`}
      <div class="receipt-foot">
        <span class="fine">${whoText(told)}</span>
        ${record?.kind === "transaction" && !told.at && html`<${RecordChip} reference=${record.reference} />`}
        ${record?.kind === "run" && html`<${RunChip} run=${record} />`}
        ${state === "succeeded" && undoable && html`<${Undo} told=${told} summary=${summary} toTitle=${() => title.current?.focus()} />`}
      </div>
    </li>
  `;
}

/** @type {Record<ActionState, Parameters<typeof Icon>[0]["name"]>} */
const ICONS = { running: "continue", succeeded: "check", failed: "close", unknown: "search", undone: "retry" };

/** @param {{ reference: string }} props */
export function RecordChip({ reference }) {
  return html`<a class="chip" href=${`#/transactions/${encodeURIComponent(reference)}`}><${Icon} name="folder" />${reference}</a>`;
}

/** @param {{ run: { id: string, reference: string } }} props a run's reference is its pipeline */
function RunChip({ run }) {
  return html`<a class="chip" href=${`#/runs/${encodeURIComponent(run.id)}`}><${Icon} name="steps" />${pipelineText(run.reference)}</a>`;
}

/** @param {{ told: Receipt, summary: string, toTitle: () => void }} props */
function Undo({ told, summary, toTitle }) {
  const busy = useSignal(false);
  const wrong = useSignal("");
  const act = async () => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = "";
    try {
      await undo(told);
      toTitle();
      announce(t("receipt.undone"));
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("notice.failed");
    }
    busy.value = false;
  };
  return html`
    <button class="button small" aria-label=${t("receipt.undo.what", { what: summary })} aria-disabled=${String(busy.value)} onClick=${act}>
      <${Icon} name="retry" />${t("receipt.undo")}
    </button>
    <span class="wrong" role="status">${wrong.value}</span>
  `;
}

/** @param {Receipt} receipt */
function whoText({ at, by }) {
  const name = (typeof by === "string" ? by : by?.name) ?? "";
  if (at) return name ? t("receipt.by.at", { name, at: when(at) }) : when(at);
  return t("receipt.by", { name: me.value?.name || me.value?.email || "" });
}

/** @param {ActionState} state */
function stateText(state) {
  switch (state) {
    case "running":
      return t("receipt.running");
    case "succeeded":
      return t("receipt.succeeded");
    case "failed":
      return t("receipt.failed");
    case "undone":
      return t("receipt.undone");
    default:
      return t("receipt.unknown");
  }
}
