import {
  EVENTS,
  changeWebhook,
  createWebhook,
  nameOf,
  removeWebhook,
  rotateSecret,
  switchWebhook,
  testWebhook,
  webhookId,
  webhooks,
} from "../admin-webhooks.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { eventText } from "../webhook-words.js";
import { Once } from "./admin-once.js";
import { AdminWebhookLog } from "./admin-webhook-log.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { when } from "./figures.js";
import { PartForm } from "./part-form.js";
import { ReadPart } from "./read-part.js";

/** @import { Webhook } from "../wire" */

const NAMES = /** @type {const} */ (["url", "events", "description"]);

/** Programs that are told what happens: where, of what, and how that went. */
export function AdminWebhooks() {
  const id = webhookId.value;
  if (id) return html`<${Once} /><${AdminWebhookLog} key=${id} id=${id} />`;
  return html`
    <${Once} />
    <p class="fine">${t("webhook.lead")}</p>
    <${PartForm} open=${t("webhook.create")} submit=${t("webhook.create.send")} leads=${true} names=${NAMES} save=${createWebhook} fields=${fieldsOf(null)} />
    <${ReadPart} title=${t("webhook.title")} reading=${webhooks} show=${shown} />
  `;
}

/** @param {{ webhooks: Webhook[] }} page */
function shown({ webhooks: list }) {
  if (list.length === 0) return html`<p class="note">${t("webhook.none")}</p>`;
  return html`<ul class="roll hooks">${list.map((one) => html`<${Row} key=${one.id} of=${one} />`)}</ul>`;
}

/** @param {Webhook | null} of */
function fieldsOf(of) {
  return (/** @type {Record<string, string>} */ wrong) => html`
    <${EditField} name="url" type="url" inputmode="url" label=${t("webhook.url")} hint=${t("webhook.url.hint")} error=${wrong.url} value=${of?.url} maxlength=${2000} required />
    <${EditField} name="description" label=${t("webhook.purpose")} hint=${t("webhook.purpose.hint")} error=${wrong.description} value=${of?.description} maxlength=${200} />
    <fieldset class="events" aria-invalid=${wrong.events ? "true" : undefined} tabindex="-1">
      <legend>${t("webhook.events")}</legend>
      ${EVENTS.map(
        (name) => html`
          <label key=${name} class="check"><input type="checkbox" name=${name} defaultChecked=${of ? of.events.includes(name) : true} /><span>${eventText(name)} <small><code>${name}</code></small></span></label>
        `,
      )}
      ${wrong.events && html`<small class="wrong">${t("webhook.events.none")}</small>`}
    </fieldset>
  `;
}

/** @param {{ of: Webhook }} props */
function Row({ of }) {
  const name = nameOf(of);
  const rotate = async () => {
    const question = { title: t("webhook.rotate.ask", { name }), text: t("webhook.rotate.why"), confirm: t("webhook.rotate") };
    if ((await ask(question)) !== null) await rotateSecret(of);
  };
  const remove = async () => {
    const question = { title: t("webhook.remove.ask", { name }), text: t("webhook.remove.why"), confirm: t("webhook.remove"), danger: true };
    if ((await ask(question)) !== null) await removeWebhook(of);
  };
  return html`
    <li class=${of.enabled ? "" : "resting"}>
      <div>
        <h3>${name}</h3>
        <p class="fine"><code class="address">${of.url}</code></p>
        <${Tags} of=${of} />
      </div>
      <${Facts}
        list=${[
          { name: t("webhook.events"), value: of.events.map(eventText).join(", ") },
          { name: t("webhook.created"), value: when(of.created_at) },
          { name: t("webhook.failing.since"), value: of.failing_since && when(of.failing_since) },
          { name: t("webhook.old.secret"), value: overlap(of) },
        ]}
      />
      <div class="row-buttons">
        <a class="button small" href=${`#/admin/webhooks/${encodeURIComponent(of.id)}`} aria-label=${t("webhook.log.of", { name })}>${t("webhook.log")}</a>
        <button class="button small" aria-label=${t("webhook.test.of", { name })} onClick=${() => testWebhook(of)}>${t("webhook.test")}</button>
        <button class="button small" aria-label=${of.enabled ? t("webhook.off.of", { name }) : t("webhook.on.of", { name })} onClick=${() => switchWebhook(of, !of.enabled)}>
          ${of.enabled ? t("webhook.off") : t("webhook.on")}
        </button>
        <button class="button small" aria-label=${t("webhook.rotate.of", { name })} onClick=${rotate}>${t("webhook.rotate")}</button>
        <button class="button small" aria-label=${t("webhook.remove.of", { name })} onClick=${remove}>${t("webhook.remove")}</button>
        <${PartForm} open=${t("webhook.change")} label=${t("webhook.change.of", { name })} submit=${t("action.save")} names=${NAMES} save=${(/** @type {Record<string, string>} */ given) => changeWebhook(of, given)} fields=${fieldsOf(of)} />
      </div>
    </li>
  `;
}

/** @param {{ of: Webhook }} props */
function Tags({ of }) {
  const { enabled, disabled_why: why, failing_since: failing } = of;
  if (enabled && !failing) return null;
  let text = t("webhook.is.failing");
  if (!enabled) text = why === "gone" ? t("webhook.is.gone") : why === "failing" ? t("webhook.is.given.up") : t("webhook.is.off");
  return html`<p class="tags"><span class="tag ${enabled ? "waiting" : "off"}">${text}</span></p>`;
}

/** @param {Webhook} of until when the secret before signs too */
function overlap({ old_secret_until: until }) {
  return until && Date.parse(until) > Date.now() ? when(until) : null;
}
