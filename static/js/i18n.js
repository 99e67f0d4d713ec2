import { signal } from "@preact/signals";
import en from "./i18n/en.js";
import fr from "./i18n/fr.js";
import { keep } from "./keep.js";

/** @typedef {"fr" | "en"} Language */
/** @typedef {keyof typeof fr} Key */

const TEXTS = { fr, en };

/** @type {import("@preact/signals").Signal<Language>} */
export const language = signal(document.documentElement.lang === "fr" ? "fr" : "en");

/** @param {Language} chosen */
export function setLanguage(chosen) {
  language.value = chosen;
  document.documentElement.lang = chosen;
  keep("lea.language", chosen);
}

/**
 * The text of a key in the current language. `{name}` is replaced by `values.name`; a text of the form
 * `one | many` is chosen by `values.n`.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  let text = TEXTS[language.value][key];
  const [one, many] = text.split(" | ");
  if (one !== undefined && many !== undefined) {
    const form = new Intl.PluralRules(language.value).select(Number(values.n));
    text = form === "one" ? one : many;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
