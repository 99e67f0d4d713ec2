import { Refused, json, request } from "./api.js";
import { t } from "./i18n.js";
import { archived, archivedCursor, notice, threads, threadsCursor, threadsState } from "./store.js";

/** @import { Thread } from "./wire" */

const PAGE = 50;
const FIND_TRIES = 5;
const FIND_MS = 100;

const pathOf = (/** @type {string} */ id) => `/v1/lea/threads/${encodeURIComponent(id)}`;

/** @type {Promise<void> | null} */
let loading = null;
let again = false;

/** Reads the newest threads again; older pages that were read stay. Asked twice while reading, it reads once more. */
export function loadThreads() {
  if (loading) again = true;
  loading ??= readNewest().finally(() => {
    loading = null;
    if (again) void loadThreads();
  });
  return loading;
}

async function readNewest() {
  again = false;
  try {
    const page = await json(`/v1/lea/threads?limit=${PAGE}`);
    const oldest = page.threads.at(-1);
    const older = page.next_cursor
      ? threads.value.filter((one) => oldest && !one.pinned && one.updated_at < oldest.updated_at)
      : [];
    const listed = page.threads.filter((/** @type {Thread} */ one) => !one.pinned);
    threads.value = [...page.pinned, ...listed, ...older];
    if (older.length === 0) threadsCursor.value = page.next_cursor;
    threadsState.value = "ready";
    if (archived.value) await loadArchived();
  } catch {
    if (threadsState.value === "loading") threadsState.value = "failed";
  }
}

export async function loadOlderThreads() {
  const cursor = threadsCursor.value;
  if (!cursor) return;
  const page = await json(`/v1/lea/threads?limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`);
  const known = new Set(threads.value.map((one) => one.id));
  threads.value = [...threads.value, ...page.threads.filter((/** @type {Thread} */ one) => !known.has(one.id))];
  threadsCursor.value = page.next_cursor;
}

/** Shows those that were put away, the last used first. */
export async function loadArchived() {
  const page = await json(`/v1/lea/threads?archived=true&limit=${PAGE}`);
  archived.value = page.threads;
  archivedCursor.value = page.next_cursor;
}

export async function loadOlderArchived() {
  const cursor = archivedCursor.value;
  if (!cursor) return;
  const page = await json(`/v1/lea/threads?archived=true&limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`);
  archived.value = [...(archived.value ?? []), ...page.threads];
  archivedCursor.value = page.next_cursor;
}

/**
 * @param {string} query
 * @param {AbortSignal} signal
 * @returns {Promise<Thread[]>}
 */
export async function searchThreads(query, signal) {
  return (await json(`/v1/lea/threads/search?q=${encodeURIComponent(query)}`, { signal })).threads;
}

/**
 * A turn began: its thread goes to the top, before the server is asked.
 * @param {string} id
 * @param {string} text
 */
export function began(id, text) {
  const now = new Date().toISOString();
  const title = text.split("\n")[0]?.slice(0, 80) ?? "";
  const known = threads.value.find((one) => one.id === id);
  const thread = known ?? { id, title, created_at: now, updated_at: now, live_turn_id: null, pinned: false, archived: false };
  const news = { ...thread, updated_at: now, live_turn_id: thread.live_turn_id ?? "live" };
  // What is pinned has a place of its own.
  if (known?.pinned) threads.value = threads.value.map((one) => (one.id === id ? news : one));
  else threads.value = [news, ...threads.value.filter((one) => one.id !== id)];
  archived.value &&= archived.value.filter((one) => one.id !== id);
}

/**
 * @param {string} id
 * @returns {boolean} whether the list has that thread
 */
export function beganElsewhere(id) {
  const known = threads.value.some((one) => one.id === id);
  if (known) began(id, "");
  return known;
}

/** @param {string} id */
export function ended(id) {
  threads.value = threads.value.map((one) => (one.id === id ? { ...one, live_turn_id: null } : one));
}

/** @param {string} id */
export function removed(id) {
  again ||= loading !== null; // what is being read may still have it
  threads.value = threads.value.filter((one) => one.id !== id);
  archived.value &&= archived.value.filter((one) => one.id !== id);
}

/**
 * A thread is told of before it is saved, so it may not be in the list at the first look.
 * @param {string} id
 */
export async function findThread(id) {
  for (let tries = 0; tries < FIND_TRIES; tries++) {
    await loadThreads();
    if (threads.value.some((one) => one.id === id)) return;
    await new Promise((resolve) => setTimeout(resolve, FIND_MS * 2 ** tries));
  }
}

/**
 * @param {string} id
 * @param {string} title
 */
export function renameThread(id, title) {
  return outside(async () => {
    await json(pathOf(id), { method: "PATCH", body: { title } });
    threads.value = threads.value.map((one) => (one.id === id ? { ...one, title } : one));
  });
}

/**
 * Keeps it on top or puts it away, or the reverse.
 * @param {string} id
 * @param {{ pinned: boolean } | { archived: boolean }} change
 */
export function placeThread(id, change) {
  return outside(async () => {
    await json(pathOf(id), { method: "PATCH", body: change });
    await loadThreads();
  });
}

/**
 * It leaves the list at once, and comes back to it where the server did not delete it.
 * @param {string} id
 */
export async function deleteThread(id) {
  removed(id);
  const done = await outside(() => json(pathOf(id), { method: "DELETE" }));
  if (!done) void loadThreads();
  return done;
}

/** @param {string} id */
export function restoreThread(id) {
  return outside(async () => {
    await json(`${pathOf(id)}/restore`, { method: "POST", body: {} });
    await loadThreads();
  });
}

/**
 * @param {string} id
 * @param {"md" | "json"} format
 */
export function exportThread(id, format) {
  return outside(async () => {
    const response = await request(`${pathOf(id)}/export?format=${format}`, { accept: "*/*" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `lea-${id}.${format}`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

/**
 * Work whose failure is told in the quiet line.
 * @param {() => Promise<unknown>} work
 * @returns {Promise<boolean>} whether it was done
 */
async function outside(work) {
  try {
    await work();
    notice.value = "";
    return true;
  } catch (error) {
    notice.value = error instanceof Refused ? error.message : t("notice.failed");
    return false;
  }
}
