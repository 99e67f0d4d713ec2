import { announce } from "../announce.js";
import { Refused } from "../api.js";
import { ask } from "../dialog.js";
import { t } from "../i18n.js";

/**
 * Work without a place of its own for what went wrong: it is told in the dialog.
 * @param {() => Promise<void>} work
 */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    const text = error instanceof Refused ? error.message : t("notice.failed");
    announce(text);
    await ask({ title: t("wrong.title"), text, confirm: t("action.close") });
  }
}
