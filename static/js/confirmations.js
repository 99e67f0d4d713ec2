import { effect, signal } from "@preact/signals";
import { json } from "./api.js";
import { News } from "./news.js";
import { Reading } from "./reading.js";
import { me } from "./store.js";

/** @import { Ability, Confirm } from "./wire" */

const PATH = "/v1/lea/confirmations";
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What Léa asks, as it stands now. @type {News<Confirm>} */
export const confirmations = new News(({ state }) => (state === "asked" ? 0 : 1));

/** What can still be decided, in all conversations. @type {import("@preact/signals").Signal<Confirm[]>} */
export const asked = signal([]);

/** @type {Set<string>} asked in this tab, and not shown yet */
const justAsked = new Set();

/** What Léa can do, and which values it takes. @type {Reading<Ability[]>} */
export const abilities = new Reading(async () => (await json("/v1/lea/actions")).actions);

effect(() => {
  if (me.value) return;
  confirmations.forget();
  abilities.forget();
  asked.value = [];
  justAsked.clear();
});

effect(() => {
  if (asked.value.length === 0) return undefined;
  const next = Math.min(...asked.value.map(expiry));
  const timer = setTimeout(prune, Math.min(Math.max(next - Date.now(), 0), LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
});

/** @param {Confirm} confirm */
export function expiry({ expires_at }) {
  return Date.parse(expires_at);
}

/** Those that ran out can not be decided any more. */
function prune() {
  const left = asked.value.filter((one) => expiry(one) > Date.now());
  if (left.length < asked.value.length) asked.value = left;
}

export async function loadConfirmations() {
  const read = await json(`${PATH}?state=asked`).catch(() => null);
  if (read) asked.value = read.confirmations;
}

/**
 * @param {Confirm} confirm
 * @param {{ here?: boolean }} [how] here: told to this tab in the turn it was asked in
 */
export function hearConfirm(confirm, { here = false } = {}) {
  confirmations.hear(confirm);
  if (here && confirm.state === "asked") justAsked.add(confirm.id);
  const others = asked.value.filter((one) => one.id !== confirm.id);
  const open = confirmations.latest(confirm).state === "asked";
  if (open && confirm.thread_id) asked.value = [confirm, ...others];
  else if (!open && others.length < asked.value.length) asked.value = others;
}

/**
 * Whether it was asked in this tab just now; true once.
 * @param {string} id
 */
export const wasJustAsked = (id) => justAsked.delete(id);

/**
 * Whether Léa waits for a decision in that conversation.
 * @param {string} threadId
 */
export const waitsIn = (threadId) => asked.value.some((one) => one.thread_id === threadId);
