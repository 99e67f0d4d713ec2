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

/** @param {number} value */
export const plain = (value) => new Intl.NumberFormat(language.value).format(value);

/** @param {number} usd */
export function money(usd) {
  const options = /** @type {const} */ ({ style: "currency", currency: "USD", maximumFractionDigits: 6 });
  return new Intl.NumberFormat(language.value, options).format(usd);
}

/** @param {string} moment RFC 3339 */
export function when(moment) {
  return new Date(moment).toLocaleString(language.value, { dateStyle: "short", timeStyle: "medium" });
}
