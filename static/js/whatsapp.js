import { computed, effect, signal } from "@preact/signals";
import { place } from "./address.js";
import { json } from "./api.js";
import { Reading } from "./reading.js";
import { room } from "./rooms.js";
import { me } from "./store.js";

/** @import { WhatsAppConversation, WhatsAppConversationPage, WhatsAppMessage, WhatsAppMessagePage, WhatsAppNumber, WhatsAppProfile } from "./wire" */

const PATH = "/v1/admin/whatsapp";
const LISTED = 30;
const MOST = 100;
const SAID = 50;
const PAUSE_MS = 150;

/** The digits of the number named in the address; "" for none. */
export const number = computed(() => (room.value === "whatsapp" ? (place.value[1] ?? "") : ""));

/** Whoever was written with, those last used first. @type {Reading<WhatsAppConversationPage>} */
export const list = new Reading(() => {
  const limit = Math.min(MOST, Math.max(LISTED, list.value.peek()?.conversations.length ?? 0));
  return json(`${PATH}/conversations?limit=${limit}`);
});

/** @typedef {{ digits: string, contact: WhatsAppConversation, messages: WhatsAppMessage[], next_cursor: string | null }} Talk oldest first */

/** The one named in the address. @type {Reading<Talk>} */
export const talk = new Reading(readTalk);

/** Whose number is whose. @type {Reading<{ numbers: WhatsAppNumber[] }>} */
export const numbers = new Reading(() => json(`${PATH}/numbers`));

/** What people see of the number. @type {Reading<WhatsAppProfile>} */
export const profile = new Reading(() => json(`${PATH}/profile`));

/** What is being written, by number. @type {import("@preact/signals").Signal<Record<string, string>>} */
export const drafts = signal({});

effect(() => {
  if (me.value) return;
  for (const reading of [list, talk, numbers, profile]) reading.forget();
  drafts.value = {};
});

/** @param {string} digits */
const pathOf = (digits) => `${PATH}/numbers/${encodeURIComponent(digits)}`;

/** The digits of a number as the server writes it. @param {{ number: string }} one */
export const digitsOf = (one) => one.number.replace("+", "");

/** @returns {Promise<Talk>} */
async function readTalk() {
  const digits = number.peek();
  /** @type {[WhatsAppConversation, WhatsAppMessagePage]} */
  const [contact, page] = await Promise.all([
    json(`${PATH}/conversations/${encodeURIComponent(digits)}`),
    json(`${pathOf(digits)}/messages?limit=${SAID}`),
  ]);
  const newest = page.messages.toReversed();
  const shown = talk.value.peek();
  const known = shown?.digits === digits ? shown.messages.findIndex(({ id }) => id === newest[0]?.id) : -1;
  // Earlier ones that were read stay, unless more came meanwhile than fit between.
  if (!shown || known < 1) return { digits, contact, messages: newest, next_cursor: page.next_cursor };
  return { digits, contact, messages: [...shown.messages.slice(0, known), ...newest], next_cursor: shown.next_cursor };
}

/** The next page of conversations, below those that are shown. */
export async function moreConversations() {
  const shown = list.value.peek();
  if (!shown?.next_cursor) return;
  const cursor = encodeURIComponent(shown.next_cursor);
  /** @type {WhatsAppConversationPage | null} */
  const next = await json(`${PATH}/conversations?limit=${LISTED}&cursor=${cursor}`).catch(() => null);
  if (!next || list.value.peek() !== shown) return;
  list.value.value = { ...next, conversations: [...shown.conversations, ...next.conversations] };
}

/** Earlier messages, above those that are shown. */
export async function moreMessages() {
  const shown = talk.value.peek();
  if (!shown?.next_cursor) return;
  const cursor = encodeURIComponent(shown.next_cursor);
  /** @type {WhatsAppMessagePage | null} */
  const next = await json(`${pathOf(shown.digits)}/messages?limit=${SAID}&cursor=${cursor}`).catch(() => null);
  const now = talk.value.peek();
  if (!next || now?.next_cursor !== shown.next_cursor) return;
  talk.value.value = { ...now, messages: [...next.messages.toReversed(), ...now.messages], next_cursor: next.next_cursor };
}

let timer = 0;

/** Something was written, sent or told: what is shown of it is read again, once for several changes. */
export function whatsappChanged() {
  if (room.peek() !== "whatsapp") return;
  clearTimeout(timer);
  timer = window.setTimeout(readShownTalks, PAUSE_MS);
}

/** Something may have been missed. */
export function readShownTalks() {
  if (room.peek() !== "whatsapp") return;
  void list.read();
  if (number.peek()) void talk.read();
}

/**
 * To this number, instead of Léa. Refusals are thrown.
 * @param {string} digits
 * @param {string} text
 */
export async function reply(digits, text) {
  await json(`${pathOf(digits)}/messages`, { method: "POST", body: { text } });
  drafts.value = { ...drafts.peek(), [digits]: "" };
  await talk.read();
}

/**
 * People answer this number, or Léa again. Refusals are thrown.
 * @param {string} digits
 * @param {boolean} held
 */
export async function hold(digits, held) {
  await json(`${pathOf(digits)}/hold`, { method: "PUT", body: { held } });
  readShownTalks();
}

/** @param {Record<string, string>} given refusals are thrown, for the form to show */
export async function linkNumber(given) {
  await json(`${PATH}/numbers`, { method: "PUT", body: given });
  await numbers.read();
  readShownTalks();
}

/** @param {WhatsAppNumber} one refusals are thrown */
export async function unlinkNumber(one) {
  await json(pathOf(digitsOf(one)), { method: "DELETE" });
  await numbers.read();
  readShownTalks();
}

/** @param {Record<string, string>} given what is left out is empty; refusals are thrown, for the form to show */
export async function changeProfile({ about = "", description = "" }) {
  profile.value.value = await json(`${PATH}/profile`, { method: "PATCH", body: { about, description } });
}
