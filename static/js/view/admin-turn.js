import { turn, turnId } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { milliseconds, money, plain, when } from "./figures.js";
import { ReadPart } from "./read-part.js";
import { Waterfall } from "./waterfall.js";

/** @import { TurnView } from "../wire" */

/** Where the time of one turn went. */
export function AdminTurn() {
  const id = turnId.value;
  const look = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("turn");
    location.hash = `#/admin/turns/${encodeURIComponent(String(given).trim())}`;
  };
  return html`
    <form class="look" onSubmit=${look}>
      <label class="field"><span>${t("turn.id")}</span><input key=${id} name="turn" required maxlength="128" autocomplete="off" value=${id} /></label>
      <button class="button" type="submit">${t("turn.show")}</button>
    </form>
    ${id
      ? html`<${ReadPart} title=${t("admin.turn")} reading=${turn} subject=${id} missing=${t("turn.missing")} show=${shown} />`
      : html`<p class="note">${t("turn.hint")}</p>`}
  `;
}

/** @param {TurnView} view */
function shown(view) {
  return html`
    <${Facts} list=${facts(view)} />
    <h3>${t("turn.waterfall")}</h3>
    ${view.spans.length > 0
      ? html`<${Waterfall} spans=${view.spans} now=${view.duration_ms ?? 0} />`
      : html`<p class="note">${t("turn.none")}</p>`}
  `;
}

/** @param {TurnView} view */
function facts({ state, duration_ms, started_at, provider, model, usage, cost, error }) {
  const told = usage && t("turn.usage.text", { prompt: plain(usage.prompt_tokens), completion: plain(usage.completion_tokens) });
  return [
    { name: t("turn.state"), value: stateText(state) },
    { name: t("turn.duration"), value: duration_ms === null ? null : milliseconds(duration_ms) },
    { name: t("turn.started"), value: when(started_at) },
    { name: t("turn.provider"), value: [provider, model].filter(Boolean).join(" · ") },
    { name: t("turn.usage"), value: usage && `${told} ${usage.estimated ? t("turn.estimated") : ""}` },
    { name: t("turn.cost"), value: cost && `${money(cost.usd)} ${cost.estimated ? t("turn.estimated") : ""}` },
    { name: t("turn.error"), value: error && `${error.detail} (${error.code})` },
  ];
}

/** @param {string} state */
function stateText(state) {
  switch (state) {
    case "waiting":
      return t("turn.state.waiting");
    case "running":
      return t("turn.state.running");
    case "completed":
      return t("turn.state.completed");
    case "stopped":
      return t("turn.state.stopped");
    case "interrupted":
      return t("turn.state.interrupted");
    default:
      return t("turn.state.failed");
  }
}
