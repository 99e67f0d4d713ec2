import { goTo } from "./address.js";
import { t } from "./i18n.js";
import { singleKeys } from "./settings.js";
import { sheet } from "./sheet.js";
import { current, me, sideOpen } from "./store.js";

/**
 * @typedef {object} Shortcut
 * @property {string} key the letter that goes with Alt
 * @property {() => string} name
 * @property {() => void} act
 */

/**
 * What works wherever one is. Alt+Y and Alt+N belong to the cards of what Léa asks.
 * @type {readonly Shortcut[]}
 */
export const SHORTCUTS = [
  { key: "C", name: () => t("keys.new"), act: beginThread },
  { key: "M", name: () => t("keys.write"), act: write },
  { key: "K", name: () => t("keys.search"), act: search },
  { key: "S", name: () => t("keys.stop"), act: () => void current.value?.stop() },
  { key: "R", name: () => t("keys.settings"), act: () => (sheet.value = "settings") },
];

/** A new conversation, ready to be written. */
export function beginThread() {
  goTo(null);
  write();
}

function write() {
  sideOpen.value = false;
  if (!current.value) return;
  if (location.hash.startsWith("#/")) goTo(current.value.fresh ? null : current.value.id);
  // A composer that is only now drawn takes the focus itself.
  document.getElementById("message")?.focus();
}

function search() {
  sideOpen.value = true;
  requestAnimationFrame(() => document.getElementById("search")?.focus());
}

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || !me.value || document.querySelector("dialog[open]")) return;
    const act = event.altKey ? withAlt(event) : alone(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {KeyboardEvent} event */
function withAlt(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  return SHORTCUTS.find(({ key }) => letterOf(event) === key)?.act;
}

/** @param {KeyboardEvent} event */
function alone({ key, target, ctrlKey, metaKey, isComposing }) {
  if (key !== "?" || ctrlKey || metaKey || isComposing || !singleKeys.value || isWriting(target)) return undefined;
  return () => {
    sheet.value = "shortcuts";
  };
}

/** @param {EventTarget | null} target */
const isWriting = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

/**
 * By the letter on the key; where Alt makes another sign of it, by its place.
 * @param {KeyboardEvent} event
 */
export const letterOf = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toUpperCase() : code.replace(/^Key/, ""));
