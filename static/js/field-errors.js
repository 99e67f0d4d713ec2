import { Refused } from "./api.js";
import { t } from "./i18n.js";

/**
 * What the server found wrong: the sentence of each field, and one about the whole where no field is to blame.
 * @typedef {{ fields: Record<string, string>, whole: string }} Wrongs
 */

/** @type {Wrongs} */
export const NOTHING_WRONG = { fields: {}, whole: "" };

/**
 * @param {unknown} error
 * @param {readonly string[]} names the fields there are to point at
 * @returns {Wrongs}
 */
export function wrongsOf(error, names) {
  if (!(error instanceof Refused)) return { fields: {}, whole: t("notice.failed") };
  const { code, errors = [] } = error.problem;
  /** @type {Record<string, string>} */
  const fields = {};
  for (const { path, message } of errors) {
    if (names.includes(path)) fields[path] ??= message === code ? error.message : sentence(message);
  }
  return { fields, whole: Object.keys(fields).length > 0 ? "" : error.message };
}

/** @param {string} code of a second wrong field: the server has sentences for the first only */
function sentence(code) {
  switch (code) {
    case "amount_not_understood":
    case "amount_negative":
    case "amount_too_large":
      return t("wrong.amount");
    case "date_not_understood":
    case "date_ambiguous":
      return t("wrong.day");
    case "email_invalid":
      return t("wrong.email");
    case "phone_invalid":
      return t("wrong.phone");
    default:
      return t("wrong.value");
  }
}
