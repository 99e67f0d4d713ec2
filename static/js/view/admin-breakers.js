import { breakers, resetBreaker, resetTold } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { plain, seconds, when } from "./figures.js";
import { Icon } from "./icons.js";
import { ReadPart } from "./read-part.js";

/** @import { Breaker, BreakerState } from "../wire" */

/** The circuit breakers of the process that answers; a change is shown as it happens. */
export function AdminBreakers() {
  const { name = "", done } = resetTold.value ?? {};
  const text = name && (done ? t("breaker.reset.done", { name }) : t("breaker.reset.failed", { name }));
  return html`
    <${ReadPart} title=${t("admin.breakers")} reading=${breakers} show=${shown} />
    <p class="note" role="status">${text}</p>
  `;
}

/** @param {Breaker[]} list */
function shown(list) {
  return html`<ul class="cards">${list.map((one) => html`<${Card} key=${one.name} breaker=${one} />`)}</ul>`;
}

/** @param {{ breaker: Breaker }} props */
function Card({ breaker }) {
  const { name, state, since, calls, failures, slow, last_error, next_probe_s } = breaker;
  const counts = [plain(calls), t("breaker.failures", { n: failures }), t("breaker.slow", { n: slow })].join(" · ");
  return html`
    <li>
      <h3>${name}</h3>
      <p class="lamp" data-state=${state}>${stateText(state)}</p>
      <${Facts}
        list=${[
          { name: t("breaker.since"), value: when(since) },
          { name: t("breaker.calls"), value: counts },
          { name: t("breaker.error"), value: last_error },
          { name: t("breaker.probe"), value: next_probe_s === null ? null : seconds(next_probe_s) },
        ]}
      />
      ${state !== "closed" &&
      name !== "redis" &&
      html`<button class="button small" onClick=${() => resetBreaker(name)}>
        <${Icon} name="check" />${t("breaker.reset", { name })}
      </button>`}
    </li>
  `;
}

/** @param {BreakerState} state */
function stateText(state) {
  if (state === "closed") return t("breaker.closed");
  return state === "open" ? t("breaker.open") : t("breaker.half");
}
