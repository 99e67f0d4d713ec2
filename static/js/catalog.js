import { effect, signal } from "@preact/signals";
import { json } from "./api.js";
import { Reading } from "./reading.js";
import { itemName, room } from "./rooms.js";
import { goesOn, past, onRun } from "./runs.js";
import { me } from "./store.js";

/** @import { Item, ItemPage, RejectPage } from "./wire" */

const PATH = "/v1/catalog/items";
const PAUSE_MS = 1500;

/** What is looked for in the products. */
export const words = signal("");

effect(() => {
  if (itemName.value) words.value = itemName.value;
});

/** @typedef {ItemPage & { query: string }} Listing of which words it is */

/** @type {Reading<Listing>} */
export const items = new Reading(readItems);

effect(() => {
  if (me.value) return;
  items.forget();
  words.value = "";
});

const queryOf = () => {
  const q = words.peek().trim();
  return q ? new URLSearchParams({ q }).toString() : "";
};

/** The last changed; those that were read further down for the same words stay below. */
async function readItems() {
  const query = queryOf();
  /** @type {ItemPage} */
  const page = await json(`${PATH}?${query}`);
  const shown = items.value.peek();
  const oldest = page.items.at(-1);
  if (!page.next_cursor || !oldest || shown?.query !== query) return { ...page, query };
  const known = new Set(page.items.map(({ id }) => id));
  const older = shown.items.filter((one) => one.updated_at < oldest.updated_at && !known.has(one.id));
  const end = older.length > 0 ? shown.next_cursor : page.next_cursor;
  return { ...page, items: [...page.items, ...older], next_cursor: end, query };
}

export async function moreItems() {
  const shown = items.value.peek();
  if (!shown?.next_cursor) return;
  const cursor = new URLSearchParams({ cursor: shown.next_cursor });
  /** @type {ItemPage | null} */
  const next = await json(`${PATH}?${shown.query}&${cursor}`).catch(() => null);
  if (!next || items.value.peek() !== shown) return;
  const known = new Set(shown.items.map(({ id }) => id));
  const added = next.items.filter(({ id }) => !known.has(id));
  items.value.value = { ...shown, ...next, items: [...shown.items, ...added] };
}

/**
 * @param {string} id
 * @param {Record<string, string | null>} fields those that are to change
 * @param {number} [version] the one that was looked at
 * @returns {Promise<Item>} as it is now, also where nothing is to change
 */
export async function changeItem(id, fields, version) {
  /** @type {Item} */
  const changed = await json(`${PATH}/${encodeURIComponent(id)}`, { method: "PATCH", body: { ...fields, version } });
  const shown = items.value.peek();
  if (shown) {
    items.value.value = { ...shown, items: shown.items.map((one) => (one.id === id ? changed : one)) };
  }
  return changed;
}

/** @param {"csv" | "xlsx"} format */
export const exportPath = (format) => `${PATH}/export?format=${format}`;

/**
 * @param {string} runId
 * @param {string | null} cursor
 * @returns {Promise<RejectPage>}
 */
export function readRejects(runId, cursor) {
  const query = new URLSearchParams({ run_id: runId });
  if (cursor) query.set("cursor", cursor);
  return json(`/v1/catalog/rejects?${query}`);
}

/** The run that made articles of a file last. */
export const lastExtract = () => past.value.value?.runs.find(({ pipeline }) => pipeline === "extract") ?? null;

let timer = 0;

/** A run changes the articles: they are read again now and then, and at its end. */
onRun((notice) => {
  if (room.peek() !== "catalog" || (timer && goesOn(notice))) return;
  clearTimeout(timer);
  timer = window.setTimeout(
    () => {
      timer = 0;
      readShownItems();
    },
    goesOn(notice) ? PAUSE_MS : 0,
  );
});

/** Something may have been missed. */
export function readShownItems() {
  if (room.peek() === "catalog") void items.read();
}

/**
 * @param {string} importId
 * @returns {Promise<string>} the file's name; "" where it is not kept any more
 */
export async function sourceOf(importId) {
  /** @type {{ imports: import("./wire").ImportSummary[] } | null} */
  const page = await json("/v1/catalog/imports?limit=100").catch(() => null);
  return page?.imports.find((one) => one.import_id === importId)?.name ?? "";
}
