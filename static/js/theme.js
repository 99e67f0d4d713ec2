import { signal } from "@preact/signals";
import { keep } from "./keep.js";

/** @typedef {"auto" | "light" | "dark"} Theme */

/** @type {import("@preact/signals").Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (document.documentElement.dataset.theme ?? "auto"));

/** @param {Theme} chosen */
export function setTheme(chosen) {
  theme.value = chosen;
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  keep("lea.theme", chosen === "auto" ? null : chosen);
}
