import { effect, signal } from "@preact/signals";
import { json } from "./api.js";
import { Reading } from "./reading.js";
import { fileName, room } from "./rooms.js";
import { me } from "./store.js";

/** @import { Transaction, TransactionPage, WholeTransaction } from "./wire" */

const PATH = "/v1/transactions";
const PAUSE_MS = 150;

/** Which transactions are listed; "" is all of them. */
export const filters = signal({ q: "", kind: "", stage: "" });

/** @typedef {TransactionPage & { query: string }} Listing of which filters it is */

/** @type {Reading<Listing>} */
export const listing = new Reading(readList);

/** The one named in the address. @type {Reading<WholeTransaction>} */
export const file = new Reading(() => json(pathOf(fileName.peek())));

effect(() => {
  if (me.value) return;
  listing.forget();
  file.forget();
  filters.value = { q: "", kind: "", stage: "" };
});

/** @param {string} name its id or reference */
const pathOf = (name) => `${PATH}/${encodeURIComponent(name)}`;

function queryOf() {
  const given = Object.entries(filters.peek()).filter(([, value]) => value.trim());
  return new URLSearchParams(given).toString();
}

/** The newest; older ones that were read for the same filters stay below. */
async function readList() {
  const query = queryOf();
  /** @type {TransactionPage} */
  const page = await json(`${PATH}?${query}`);
  const shown = listing.value.peek();
  const oldest = page.transactions.at(-1);
  if (!page.next_cursor || !oldest || shown?.query !== query) return { ...page, query };
  const known = new Set(page.transactions.map(({ id }) => id));
  const older = shown.transactions.filter((one) => one.updated_at < oldest.updated_at && !known.has(one.id));
  const end = older.length > 0 ? shown.next_cursor : page.next_cursor;
  return { ...page, transactions: [...page.transactions, ...older], next_cursor: end, query };
}

export async function moreTransactions() {
  const shown = listing.value.peek();
  if (!shown?.next_cursor) return;
  const cursor = new URLSearchParams({ cursor: shown.next_cursor });
  /** @type {TransactionPage | null} */
  const next = await json(`${PATH}?${shown.query}&${cursor}`).catch(() => null);
  if (next && listing.value.peek() === shown) {
    listing.value.value = { ...shown, ...next, transactions: [...shown.transactions, ...next.transactions] };
  }
}

let timer = 0;

/**
 * One was changed by somebody: what is shown of it is read again, once for several changes.
 * @param {{ id: string, reference: string }} changed
 */
export function transactionChanged({ id, reference }) {
  if (room.peek() !== "transactions") return;
  const name = fileName.peek();
  if (name && name !== reference && name !== id) return;
  clearTimeout(timer);
  timer = window.setTimeout(readShown, PAUSE_MS);
}

/** Something may have been missed. */
export function readShown() {
  if (room.peek() !== "transactions" || fileName.peek() === "new") return;
  void (fileName.peek() ? file : listing).read();
}

/**
 * @param {Record<string, unknown>} fields
 * @param {string} requestId the same for the same wish, so that asking twice makes one
 * @returns {Promise<Transaction>}
 */
export function create(fields, requestId) {
  return json(PATH, { method: "POST", body: { ...fields, request_id: requestId } });
}

/**
 * @param {Record<string, unknown>} fields those that are to change
 * @param {number} version the one that was looked at
 */
export async function change(fields, version) {
  /** @type {Transaction} */
  const changed = await json(pathOf(fileName.peek()), { method: "PATCH", body: { ...fields, version } });
  const shown = file.value.peek();
  if (shown?.id === changed.id) file.value.value = { ...shown, ...changed };
}

/**
 * Adds to the transaction that is shown.
 * @param {"parties" | "notes" | "forms"} part
 * @param {Record<string, unknown>} body
 */
export async function add(part, body) {
  await json(`${pathOf(fileName.peek())}/${part}`, { method: "POST", body });
  await file.read();
}

/**
 * Takes out of the transaction that is shown.
 * @param {"parties" | "notes"} part
 * @param {string} id
 */
export async function remove(part, id) {
  await json(`${pathOf(fileName.peek())}/${part}/${encodeURIComponent(id)}`, { method: "DELETE" });
  await file.read();
}
