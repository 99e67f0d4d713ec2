import { t } from "../i18n.js";

/** @import { Thread } from "../wire" */

const DAY_MS = 86_400_000;

/**
 * Threads under the name of the day they were last used, in the order given.
 * @param {Thread[]} threads newest first
 */
export function byDay(threads) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const groups = [
    { name: t("day.today"), since: midnight },
    { name: t("day.yesterday"), since: midnight - DAY_MS },
    { name: t("day.week"), since: midnight - 7 * DAY_MS },
    { name: t("day.before"), since: -Infinity },
  ].map((group) => ({ ...group, list: /** @type {Thread[]} */ ([]) }));
  for (const thread of threads) {
    groups.find((group) => Date.parse(thread.updated_at) >= group.since)?.list.push(thread);
  }
  return groups.filter((group) => group.list.length > 0);
}
