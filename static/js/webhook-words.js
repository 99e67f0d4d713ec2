import { t } from "./i18n.js";

/** @import { WebhookDelivery } from "./wire" */

/** @param {string} name of an event */
export function eventText(name) {
  switch (name) {
    case "turn.done":
      return t("webhook.event.turn");
    case "run.done":
      return t("webhook.event.run");
    case "transaction.changed":
      return t("webhook.event.transaction");
    case "ping":
      return t("webhook.event.ping");
    default:
      return name;
  }
}

/** @param {WebhookDelivery["state"]} state */
export function stateText(state) {
  switch (state) {
    case "delivered":
      return t("webhook.state.delivered");
    case "failed":
      return t("webhook.state.failed");
    default:
      return t("webhook.state.waiting");
  }
}

/** @param {WebhookDelivery["tried"][number]} attempt what came of one */
export function whyText({ status, reason }) {
  if (status !== null) return t("webhook.status", { n: String(status) });
  switch (reason) {
    case "timeout":
      return t("webhook.why.timeout");
    case "unreachable":
      return t("webhook.why.unreachable");
    case "dns":
      return t("webhook.why.dns");
    case "tls":
      return t("webhook.why.tls");
    case "address":
      return t("webhook.why.address");
    default:
      return t("webhook.why.broken");
  }
}
