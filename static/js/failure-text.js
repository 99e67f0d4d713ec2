import { t } from "./i18n.js";

/** @import { Failure, TurnState } from "./turn-state.js" */
/** @import { FinishReason } from "./wire" */

/**
 * A failure in words. The seconds of a limit are counted beside it, not in it.
 * @param {Failure} failure
 */
export function failureText(failure) {
  if (failure.kind === "silence") return t("fail.silence");
  if (failure.kind === "limit") return t("fail.limit");
  return failure.text || t("fail.generic");
}

/**
 * Why an answer is not whole, in words; "" for one that is.
 * @param {FinishReason | null | undefined} finish
 */
export function finishText(finish) {
  switch (finish) {
    case "stopped":
      return t("finish.stopped");
    case "length":
      return t("finish.length");
    case "interrupted":
      return t("finish.interrupted");
    case "error":
      return t("fail.generic");
    default:
      return "";
  }
}

/** @param {TurnState} turn */
export function outcomeText({ failure, done }) {
  const quiet = done?.finish_reason === "interrupted" || !failure;
  return quiet ? finishText(done?.finish_reason) : failureText(failure);
}
