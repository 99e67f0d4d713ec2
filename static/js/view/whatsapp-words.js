import { language, t } from "../i18n.js";
import { present } from "../run-clock.js";
import { me } from "../store.js";

/** @import { WhatsAppConversation, WhatsAppMessage } from "../wire" */

const MINUTE_MS = 60_000;

/** A moment of today by its time, another by its day too. @param {string} moment RFC 3339 */
export function momentText(moment) {
  const date = new Date(moment);
  const time = date.toLocaleTimeString(language.value, { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.toLocaleDateString(language.value, { day: "numeric", month: "short" })} ${time}`;
}

/**
 * Whether somebody may be written to, and until when in words; as time goes on it is told anew.
 * @param {Pick<WhatsAppConversation, "window_until">} contact
 */
export function useWindow({ window_until }) {
  if (window_until === null) return { open: false, text: t("wa.never") };
  const left = Math.floor((Date.parse(window_until) - present()) / MINUTE_MS);
  if (left < 0) return { open: false, text: t("wa.closed") };
  const [hours, minutes] = [Math.floor(left / 60), left % 60];
  const text = hours > 0 ? t("wa.left.hours", { hours, minutes: String(minutes).padStart(2, "0") }) : t("wa.left.minutes", { n: minutes });
  return { open: true, text };
}

/** Who answers instead of Léa. @param {WhatsAppConversation} contact */
export function holderText({ held_by }) {
  if (held_by && held_by === me.value?.name) return t("wa.held.self");
  return t("wa.held.by", { name: held_by || t("wa.somebody") });
}

/** @param {WhatsAppConversation["last"]} last */
export function lastText(last) {
  if (!last) return "";
  return last.text || last.file || kindText(last.kind);
}

/** What came that is no text; "" for what speaks for itself. @param {string} kind */
export function kindText(kind) {
  switch (kind) {
    case "text":
    case "button":
    case "interactive":
    case "document":
      return "";
    case "buttons":
      return t("wa.kind.question");
    case "audio":
    case "voice":
      return t("wa.kind.voice");
    case "image":
    case "sticker":
      return t("wa.kind.image");
    case "video":
      return t("wa.kind.video");
    case "location":
      return t("wa.kind.location");
    case "reaction":
      return t("wa.kind.reaction");
    default:
      return t("wa.kind.other");
  }
}

/** Whether it did not reach them. @param {WhatsAppMessage} one */
export const notSent = ({ direction, state }) => state === "failed" || (direction === "out" && state === "expired");

/** How far it came. @param {WhatsAppMessage} one */
export function stateText({ direction, state, attempts }) {
  switch (state) {
    case "received":
      return t("wa.state.received");
    case "taken":
      return t("wa.state.taken");
    case "ignored":
      return t("wa.state.ignored");
    case "queued":
      return attempts > 0 ? t("wa.state.again") : t("wa.state.queued");
    case "sending":
      return t("wa.state.sending");
    case "sent":
      return t("wa.state.sent");
    case "delivered":
      return t("wa.state.delivered");
    case "read":
      return t("wa.state.read");
    case "failed":
      return direction === "in" ? t("wa.state.unanswered") : t("wa.state.failed");
    case "expired":
    case "skipped":
      return t("wa.state.expired");
    default:
      return "";
  }
}

/** Why it is so: Léa's word, or Meta's code. @param {string} error */
export function reasonText(error) {
  switch (error) {
    case "window":
    case "131047":
      return t("wa.why.window");
    case "unsure":
      return t("wa.why.unsure");
    case "stranger":
      return t("wa.why.stranger");
    case "relinked":
    case "moved":
      return t("wa.why.relinked");
    case "decided":
      return t("wa.why.decided");
    case "131026":
      return t("wa.why.undeliverable");
    case "131049":
    case "130472":
      return t("wa.why.held");
    case "131056":
    case "130429":
    case "80007":
    case "429":
      return t("wa.why.busy");
    case "190":
    case "401":
    case "403":
    case "10":
    case "131005":
    case "131031":
    case "131042":
      return t("wa.why.denied");
    case "network_error":
    case "circuit_open":
    case "overloaded":
      return t("wa.why.network");
    default:
      return /^\d+$/.test(error) ? t("wa.why.code", { code: error }) : error.includes("_") ? t("wa.why.lea") : kindReason(error);
  }
}

/** What Léa said she cannot read. @param {string} word */
function kindReason(word) {
  switch (word) {
    case "voice":
    case "picture":
    case "unreadable":
      return t("wa.why.unreadable");
    default:
      return t("wa.why.lea");
  }
}
