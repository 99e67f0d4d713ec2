import { effect, signal } from "@preact/signals";
import { announce } from "./announce.js";
import { json } from "./api.js";
import { language, t } from "./i18n.js";
import { Reading } from "./reading.js";
import { room } from "./rooms.js";
import { me, scheduleNews } from "./store.js";

/** @import { Schedule, ScheduleList } from "./wire" */

const PATH = "/v1/lea/schedules";

/** @type {Reading<ScheduleList>} */
export const listing = new Reading(() => json(PATH));

/** What was deleted last and can be brought back. @type {import("@preact/signals").Signal<Schedule | null>} */
export const removed = signal(null);

effect(() => {
  if (me.value) return;
  listing.forget();
  removed.value = null;
});

/** Read when the room is opened, at every notice, and again where the words of the server are to be of another language. */
effect(() => {
  void [scheduleNews.value, language.value];
  if (me.value && room.value === "schedules") void listing.read();
});

/** @param {string} id */
const pathOf = (id) => `${PATH}/${encodeURIComponent(id)}`;

/**
 * @param {Record<string, unknown>} fields
 * @param {string} requestId the same for the same wish, so that asking twice makes one
 */
export async function create(fields, requestId) {
  await json(PATH, { method: "POST", body: { ...fields, request_id: requestId } });
  await listing.read();
}

/**
 * @param {string} id
 * @param {Record<string, unknown>} fields those that are to change
 */
export async function change(id, fields) {
  await json(pathOf(id), { method: "PATCH", body: fields });
  await listing.read();
}

/**
 * @param {string} id
 * @param {string} requestId
 */
export async function runNow(id, requestId) {
  await json(`${pathOf(id)}/run`, { method: "POST", body: { request_id: requestId } });
  await listing.read();
}

/** @param {Schedule} one deleted without asking: it can be brought back */
export async function remove(one) {
  await json(pathOf(one.id), { method: "DELETE" });
  await listing.read();
  removed.value = one;
  announce(t("schedules.deleted"));
}

export async function bringBack() {
  const last = removed.value;
  if (!last) return;
  await json(`${pathOf(last.id)}/restore`, { method: "POST", body: {} });
  removed.value = null;
  await listing.read();
}
