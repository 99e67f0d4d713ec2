import { t } from "./i18n.js";

/** @import { Failure } from "./turn-state.js" */

/**
 * A failure in words. The seconds of a limit are counted beside it, not in it.
 * @param {Failure} failure
 */
export function failureText(failure) {
  if (failure.kind === "silence") return t("fail.silence");
  if (failure.kind === "limit") return t("fail.limit");
  return failure.text || t("fail.generic");
}
