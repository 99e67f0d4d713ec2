import { html } from "../html.js";
import { t } from "../i18n.js";

/** @import { TurnState } from "../turn-state.js" */

/**
 * What Léa is doing: the whole line until the first word of this turn, then only the stage, and only when it tells
 * something.
 * @param {{ state: TurnState }} props
 */
export function Waiting({ state }) {
  if (state.lost || state.stage === "restarting") {
    const text = state.stage === "restarting" ? t("wait.restarting") : t("wait.lost");
    return html`<p class="waiting lost"><span>${text}</span></p>`;
  }
  const stage = stageText(state);
  if (state.said) {
    return state.stage === "acting" ? html`<p class="waiting"><${Stroke} /><span class="stage">${stage}</span></p>` : null;
  }
  return html`
    <p class="waiting">
      <${Stroke} />
      <span>${state.phase === "sending" ? t("wait.sending") : t("wait.thinking")}</span>
      ${stage && html`<span class="stage">${stage}</span>`}
    </p>
  `;
}

/** @param {TurnState} state */
function stageText(state) {
  switch (state.stage) {
    case "connecting":
      return t("stage.connecting");
    case "queued":
      return t("stage.queued", { n: state.position });
    case "loading":
      return t("stage.loading");
    case "acting":
      return t("stage.acting");
    case "thinking":
      return t("stage.thinking");
    default:
      return "";
  }
}

/** A line of ink being written. */
function Stroke() {
  return html`<svg class="stroke" viewBox="0 0 44 16" aria-hidden="true">
    <path d="M2 11c4-9 8-9 7-2s4 5 7-1 6-5 5 1 4 4 7-1 5-4 5 0 3 3 9-1" pathLength="100" />
  </svg>`;
}
