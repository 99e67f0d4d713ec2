import { signal } from "@preact/signals";
import { t } from "./i18n.js";
import { keep, kept } from "./keep.js";

const ICON = "/static/icons/lea-192.png";

const allowed = () => "Notification" in window && Notification.permission === "granted";

/** What was chosen; the browser may have taken its leave back since. */
export const notifying = signal(kept("lea.notify") === "on" && allowed());

/**
 * Why they could not be switched on.
 * @type {import("@preact/signals").Signal<"" | "blocked" | "unable">}
 */
export const notifyTrouble = signal("");

/**
 * Asks the browser's leave, so it is called by a click. A first notification shows what they look like, and that
 * they work: some browsers give leave and then refuse them to a page.
 * @param {boolean} wanted
 */
export async function setNotifying(wanted) {
  notifyTrouble.value = "";
  if (wanted && !("Notification" in window)) notifyTrouble.value = "unable";
  else if (wanted && (await Notification.requestPermission()) !== "granted") notifyTrouble.value = "blocked";
  else if (wanted && !show(t("notify.works"), "", "lea-first", "")) notifyTrouble.value = "unable";
  notifying.value = wanted && notifyTrouble.value === "";
  keep("lea.notify", notifying.value ? "on" : null);
}

/**
 * Tells of something that ended while nobody looked at this tab; of the same thing in several tabs, once.
 * @param {{ title: string, text: string, about: string, address: string }} what about: what it is told of, once;
 *   address: where a click leads, as a hash
 */
export function notify({ title, text, about, address }) {
  if (notifying.value && document.hidden && allowed()) show(title, text, about, address);
}

/**
 * @param {string} title
 * @param {string} body
 * @param {string} tag
 * @param {string} address
 */
function show(title, body, tag, address) {
  try {
    const shown = new Notification(title, { body, tag, icon: ICON, lang: document.documentElement.lang });
    shown.onclick = () => {
      window.focus();
      if (address) location.hash = address;
      shown.close();
    };
    return true;
  } catch {
    return false;
  }
}
