import { signal } from "@preact/signals";
import { keep } from "./keep.js";

/** @typedef {"fr" | "en"} Language */
/** @typedef {keyof typeof import("./i18n/fr.js").default} Key */
/** @typedef {Record<Key, string>} Texts */

/** @type {Record<Language, () => Promise<{ default: Texts }>>} */
const FILES = { fr: () => import("./i18n/fr.js"), en: () => import("./i18n/en.js") };
/** @type {Partial<Record<Language, Texts>>} */
const known = {};
let wanted = document.documentElement.lang === "fr" ? /** @type {Language} */ ("fr") : "en";

/** @param {Language} name */
async function textsOf(name) {
  return (known[name] ??= (await FILES[name]()).default);
}

// Nothing is shown before its words are there; `first-paint.js` has asked for them already.
let texts = await textsOf(wanted);

export const language = signal(wanted);

/** @param {Language} chosen it stays as it was where its words cannot be had */
export async function setLanguage(chosen) {
  wanted = chosen;
  const brought = await textsOf(chosen).catch(() => null);
  if (!brought || wanted !== chosen) return;
  texts = brought;
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
  const spoken = language.value; // whoever shows a text is told when the language changes
  let text = texts[key];
  const [one, many] = text.split(" | ");
  if (one !== undefined && many !== undefined) {
    const form = new Intl.PluralRules(spoken).select(Number(values.n));
    text = form === "one" ? one : many;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
