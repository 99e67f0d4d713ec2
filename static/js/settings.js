import { signal } from "@preact/signals";
import { keep, kept } from "./keep.js";

/** @typedef {"normal" | "large" | "larger"} TextSize */
/** @typedef {"auto" | "less"} Motion */

const root = document.documentElement;

/** @type {import("@preact/signals").Signal<TextSize>} */
export const textSize = signal(/** @type {TextSize} */ (root.dataset.text ?? "normal"));

/** @type {import("@preact/signals").Signal<Motion>} */
export const motion = signal(root.dataset.motion === "less" ? "less" : "auto");

/** Whether a key alone, without Alt, does something. */
export const singleKeys = signal(kept("lea.keys") !== "off");

/** @param {TextSize} chosen */
export function setTextSize(chosen) {
  textSize.value = chosen;
  if (chosen === "normal") delete root.dataset.text;
  else root.dataset.text = chosen;
  keep("lea.text", chosen === "normal" ? null : chosen);
}

/** @param {Motion} chosen */
export function setMotion(chosen) {
  motion.value = chosen;
  if (chosen === "auto") delete root.dataset.motion;
  else root.dataset.motion = chosen;
  keep("lea.motion", chosen === "auto" ? null : chosen);
}

/** @param {boolean} wanted */
export function setSingleKeys(wanted) {
  singleKeys.value = wanted;
  keep("lea.keys", wanted ? null : "off");
}

const system = matchMedia("(prefers-reduced-motion: reduce)");

/** Less motion is wanted, by this browser's system or by its setting here. */
export const calm = () => system.matches || motion.value === "less";
