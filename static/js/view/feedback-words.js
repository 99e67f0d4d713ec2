import { t } from "../i18n.js";

/** @import { Feedback } from "../wire" */

/** @param {NonNullable<Feedback["reason"]>} reason */
export function reasonText(reason) {
  switch (reason) {
    case "wrong":
      return t("feedback.wrong");
    case "incomplete":
      return t("feedback.incomplete");
    case "not_done":
      return t("feedback.undone");
    case "unclear":
      return t("feedback.unclear");
    default:
      return t("feedback.other");
  }
}
