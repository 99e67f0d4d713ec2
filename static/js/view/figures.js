import { language } from "../i18n.js";

/**
 * @param {number} value
 * @param {string} unit as `Intl` names it
 * @param {number} [digits] after the point, at most
 */
function inUnit(value, unit, digits = 0) {
  const options = /** @type {const} */ ({ style: "unit", unitDisplay: "short" });
  return new Intl.NumberFormat(language.value, { ...options, unit, maximumFractionDigits: digits }).format(value);
}

/** @param {number} value */
export function milliseconds(value) {
  return value < 10_000 ? inUnit(value, "millisecond", value < 10 ? 1 : 0) : inUnit(value / 1000, "second", 1);
}

/** @param {number} value */
export function seconds(value) {
  if (value < 1) return milliseconds(value * 1000);
  if (value < 120) return inUnit(value, "second", value < 10 ? 1 : 0);
  if (value < 7200) return inUnit(value / 60, "minute");
  return value < 172_800 ? inUnit(value / 3600, "hour", 1) : inUnit(value / 86_400, "day", 1);
}

/** @param {number} value */
export function bytes(value) {
  return value < 1_000_000 ? inUnit(value / 1000, "kilobyte", 1) : inUnit(value / 1_000_000, "megabyte", 1);
}

/**
 * A time that is left, as one would say it.
 * @param {number} left seconds
 */
export function inWords(left) {
  const [value, unit] = left < 60 ? [left, "second"] : left < 5400 ? [left / 60, "minute"] : [left / 3600, "hour"];
  const options = /** @type {const} */ ({ style: "unit", unitDisplay: "long", maximumFractionDigits: 0 });
  return new Intl.NumberFormat(language.value, { ...options, unit }).format(value);
}

/** @param {number} value */
export const plain = (value) => new Intl.NumberFormat(language.value).format(value);

/** @param {number} usd */
export function money(usd) {
  const options = /** @type {const} */ ({ style: "currency", currency: "USD", maximumFractionDigits: 6 });
  return new Intl.NumberFormat(language.value, options).format(usd);
}

/** @param {number} usd as prices are written; a cent is the least that is told */
export function dollars(usd) {
  const least = usd > 0 && usd < 0.01;
  const text = new Intl.NumberFormat(language.value, { style: "currency", currency: "USD" }).format(least ? 0.01 : usd);
  return least ? `< ${text}` : text;
}

/** @param {string} moment RFC 3339 */
export function when(moment) {
  return new Date(moment).toLocaleString(language.value, { dateStyle: "short", timeStyle: "medium" });
}
