import { signal } from "@preact/signals";
import { keep } from "./keep.js";

/** @typedef {"fr" | "en"} Language */
/** @typedef {keyof typeof import("./i18n/fr.js").default | keyof typeof import("./i18n/fr-rest.js").default} Key */
/** @typedef {Record<Key, string>} Texts */
/** @typedef {{ default: Partial<Texts> }} Words */

/** @type {Record<Language, () => Promise<Words>>} */
const FIRST = { fr: () => import("./i18n/fr.js"), en: () => import("./i18n/en.js") };
/** @type {Record<Language, () => Promise<Words>>} */
const REST = { fr: () => import("./i18n/fr-rest.js"), en: () => import("./i18n/en-rest.js") };
/** @type {Record<Language, Partial<Texts>>} */
const known = { fr: {}, en: {} };
/** @type {Set<Language>} of which all words are known */
const whole = new Set();
let wanted = document.documentElement.lang === "fr" ? /** @type {Language} */ ("fr") : "en";

// Nothing is shown before the first words are there; `first-paint.js` has asked for them already.
Object.assign(known[wanted], (await FIRST[wanted]()).default);

export const language = signal(wanted);

/** All words of a language, which what is brought later needs. */
export async function allWords(name = wanted) {
  if (whole.has(name)) return;
  const parts = await Promise.all([FIRST[name](), REST[name]()]);
  for (const part of parts) Object.assign(known[name], part.default);
  whole.add(name);
}

/** @param {Language} chosen it stays as it was where its words cannot be had */
export async function setLanguage(chosen) {
  wanted = chosen;
  const brought = await allWords(chosen).then(
    () => true,
    () => false,
  );
  if (!brought || wanted !== chosen) return;
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
  let text = known[spoken][key] ?? "";
  const [one, many] = text.split(" | ");
  if (one !== undefined && many !== undefined) {
    const form = new Intl.PluralRules(spoken).select(Number(values.n));
    text = form === "one" ? one : many;
  }
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
