import { useEffect } from "preact/hooks";
import { chosen, deliveries, moreDeliveries, nameOf, replay, replayFailed, webhooks } from "../admin-webhooks.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { eventText, stateText, whyText } from "../webhook-words.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { milliseconds, plain, when } from "./figures.js";
import { ReadPart } from "./read-part.js";

/** @import { WebhookDelivery, WebhookDeliveryPage } from "../wire" */

const STATES = /** @type {const} */ (["waiting", "delivered", "failed"]);
const TAGS = { waiting: "waiting", delivered: "", failed: "off" };

/**
 * What one webhook was told, with every attempt.
 * @param {{ id: string }} props
 */
export function AdminWebhookLog({ id }) {
  useEffect(() => {
    if (!webhooks.value.peek()) void webhooks.read();
  }, []);
  const webhook = webhooks.value.value?.webhooks.find((one) => one.id === id);
  const options = [{ value: "", text: t("webhook.state.all") }, ...STATES.map((value) => ({ value, text: stateText(value) }))];
  const choose = (/** @type {string} */ value) => {
    chosen.value = STATES.find((one) => one === value) ?? "";
  };
  return html`
    <p><a href="#/admin/webhooks">${t("webhook.back")}</a></p>
    ${webhook && html`<h2>${nameOf(webhook)}</h2>`}
    <div class="log-head">
      <${EditField} name="state" label=${t("webhook.state")} value=${chosen.value} options=${options} onValue=${choose} />
      <button class="button small" onClick=${replayFailed}>${t("webhook.replay.all")}</button>
    </div>
    <${ReadPart} title=${t("webhook.log")} reading=${deliveries} missing=${t("webhook.missing")} subject=${`${id} ${chosen.value}`} show=${shown} />
  `;
}

/** @param {WebhookDeliveryPage} page */
function shown({ deliveries: list, next_cursor }) {
  if (list.length === 0) return html`<p class="note">${t("webhook.log.none")}</p>`;
  return html`
    <ul class="drills">${list.map((one) => html`<${Delivery} key=${one.id} of=${one} />`)}</ul>
    ${next_cursor && html`<button class="button" onClick=${moreDeliveries}>${t("session.more")}</button>`}
  `;
}

/** @param {{ of: WebhookDelivery }} props */
function Delivery({ of }) {
  const { type, state, created_at, due_at, attempts, tried, payload } = of;
  const last = tried.at(-1);
  const label = t("webhook.replay.of", { what: eventText(type), when: when(created_at) });
  return html`
    <li>
      <h3>${eventText(type)}</h3>
      <p class="tags"><span class="tag ${TAGS[state]}">${stateText(state)}</span></p>
      <${Facts}
        list=${[
          { name: t("webhook.made"), value: when(created_at) },
          { name: t("webhook.attempts"), value: plain(attempts) },
          { name: t("webhook.last"), value: last && whyText(last) },
          { name: t("webhook.next"), value: state === "waiting" && attempts > 0 && due_at ? when(due_at) : null },
        ]}
      />
      <details>
        <summary>${t("webhook.details")}</summary>
        <ol class="tries">${tried.map((one) => html`<${Try} key=${one.at} of=${one} />`)}</ol>
        <pre tabindex="0" aria-label=${t("webhook.payload")}>${JSON.stringify(payload, null, 2)}</pre>
      </details>
      <div class="row-buttons"><button class="button small" aria-label=${label} onClick=${() => replay(of)}>${t("webhook.replay")}</button></div>
    </li>
  `;
}

/** @param {{ of: WebhookDelivery["tried"][number] }} props */
function Try({ of }) {
  return html`
    <li>
      <p>${when(of.at)} · ${whyText(of)} · ${milliseconds(of.ms)}</p>
      ${of.answer && html`<p class="fine"><code>${of.answer}</code></p>`}
    </li>
  `;
}
