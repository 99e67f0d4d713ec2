import { computed, effect, signal } from "@preact/signals";
import { place } from "./address.js";
import { section, webhookNews } from "./admin.js";
import { once, told } from "./admin-users.js";
import { Refused, json } from "./api.js";
import { t } from "./i18n.js";
import { Reading } from "./reading.js";
import { me } from "./store.js";
import { whyText } from "./webhook-words.js";

/** @import { Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookEvent } from "./wire" */

const WEBHOOKS = "/v1/admin/webhooks";
const LOOKS = 15;
const LOOK_MS = 1000;

/** @type {readonly WebhookEvent[]} */
export const EVENTS = ["turn.done", "run.done", "transaction.changed"];

/** The webhook whose deliveries are shown. */
export const webhookId = computed(() => (section.value === "webhooks" ? (place.value[2] ?? "") : ""));

/** Which deliveries: of one state, or all. @type {import("@preact/signals").Signal<"" | WebhookDelivery["state"]>} */
export const chosen = signal("");

const pathOf = (/** @type {string} */ id) => `${WEBHOOKS}/${encodeURIComponent(id)}`;
const logPath = () => `${pathOf(webhookId.peek())}/deliveries?limit=20${chosen.peek() && `&state=${chosen.peek()}`}`;

/** @type {Reading<{ webhooks: Webhook[] }>} */
export const webhooks = new Reading(() => json(WEBHOOKS));

/** @type {Reading<WebhookDeliveryPage>} */
export const deliveries = new Reading(() => json(logPath()));

effect(() => {
  if (me.value) return;
  for (const reading of [webhooks, deliveries]) reading.forget();
  chosen.value = "";
});

effect(() => {
  if (webhookNews.value && section.peek() === "webhooks") void webhooks.read();
});

/** The next page of deliveries, below those that are shown. */
export async function moreDeliveries() {
  const shown = deliveries.value.peek();
  if (!shown?.next_cursor) return;
  /** @type {WebhookDeliveryPage | null} */
  const next = await json(`${logPath()}&cursor=${encodeURIComponent(shown.next_cursor)}`).catch(() => null);
  if (next && deliveries.value.peek() === shown) {
    deliveries.value.value = { ...next, deliveries: [...shown.deliveries, ...next.deliveries] };
  }
}

/**
 * @param {Record<string, string>} given of the form; refusals are thrown, for it to show
 */
export async function createWebhook(given) {
  begin();
  const { webhook, secret } = await json(WEBHOOKS, { method: "POST", body: { description: "", ...bodyOf(given) } });
  once.value = { kind: "secret", name: nameOf(webhook), value: secret };
  await webhooks.read();
}

/**
 * @param {Webhook} of
 * @param {Record<string, string>} given as above
 */
export async function changeWebhook(of, given) {
  begin();
  await json(pathOf(of.id), { method: "PATCH", body: { description: "", ...bodyOf(given) } });
  await webhooks.read();
}

/**
 * @param {Webhook} of
 * @param {boolean} enabled
 */
export async function switchWebhook(of, enabled) {
  await attempt(async () => {
    await json(pathOf(of.id), { method: "PATCH", body: { enabled } });
    const name = nameOf(of);
    tell(enabled ? t("webhook.on.told", { name }) : t("webhook.off.told", { name }));
  });
  await webhooks.read();
}

/** @param {Webhook} of */
export async function rotateSecret(of) {
  await attempt(async () => {
    const { secret } = await json(`${pathOf(of.id)}/secret`, { method: "POST", body: {} });
    once.value = { kind: "secret", name: nameOf(of), value: secret };
  });
  await webhooks.read();
}

/** @param {Webhook} of */
export async function removeWebhook(of) {
  await attempt(async () => {
    await json(pathOf(of.id), { method: "DELETE" });
    tell(t("webhook.removed.told", { name: nameOf(of) }));
  });
  await webhooks.read();
}

/** @param {Webhook} of */
export async function testWebhook(of) {
  await attempt(async () => {
    /** @type {WebhookDelivery} */
    const sent = await json(`${pathOf(of.id)}/test`, { method: "POST", body: {} });
    tell(t("webhook.test.sent", { name: nameOf(of) }));
    const ended = await outcomeOf(of.id, sent);
    if (told.peek()) tell(testText(of, ended), ended?.state !== "delivered");
  });
}

/** @param {WebhookDelivery} one */
export async function replay(one) {
  const id = webhookId.peek();
  await attempt(async () => {
    const begun = await json(`${pathOf(id)}/deliveries/${encodeURIComponent(one.id)}/replay`, { method: "POST", body: {} });
    tell(t("webhook.replay.told"));
    await outcomeOf(id, begun);
  });
  if (webhookId.peek() === id) await deliveries.read();
}

/** All that failed, as far back as it is kept. */
export async function replayFailed() {
  await attempt(async () => {
    const { replayed } = await json(`${pathOf(webhookId.peek())}/replay`, { method: "POST", body: {} });
    tell(t("webhook.replay.all.told", { n: replayed }));
  });
  await deliveries.read();
}

/** @param {Webhook} webhook */
export const nameOf = (webhook) => webhook.description || new URL(webhook.url).host;

/**
 * How it ended, or stands after a while.
 * @param {string} id
 * @param {WebhookDelivery} begun as it was when it was asked for
 * @returns {Promise<WebhookDelivery | undefined>}
 */
async function outcomeOf(id, begun) {
  /** @type {WebhookDelivery | undefined} */
  let found;
  for (let look = 0; look < LOOKS; look++) {
    /** @type {WebhookDeliveryPage} */
    const page = await json(`${pathOf(id)}/deliveries?limit=20`);
    found = page.deliveries.find((one) => one.id === begun.id);
    if (!found || found.state !== "waiting" || found.attempts > begun.attempts) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return found;
}

/**
 * @param {Webhook} of
 * @param {WebhookDelivery | undefined} ended
 */
function testText(of, ended) {
  const name = nameOf(of);
  const last = ended?.tried.at(-1);
  if (ended?.state === "delivered") return t("webhook.test.ok", { name, n: String(last?.status ?? "") });
  return last ? t("webhook.test.failed", { name, why: whyText(last) }) : t("webhook.test.late", { name });
}

/** @param {Record<string, string>} given */
function bodyOf(given) {
  const { url = "", description } = given;
  const body = { url, events: EVENTS.filter((name) => given[name]) };
  return description ? { ...body, description } : body;
}

function begin() {
  once.value = null;
  told.value = null;
}

/**
 * @param {string} text
 * @param {boolean} [wrong]
 */
function tell(text, wrong = false) {
  told.value = { text, wrong };
}

/** @param {() => Promise<void>} act */
async function attempt(act) {
  begin();
  try {
    await act();
  } catch (error) {
    tell(error instanceof Refused ? error.message : t("notice.failed"), true);
  }
}
