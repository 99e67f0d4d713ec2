import { computed, effect, signal } from "@preact/signals";
import { place } from "./address.js";
import { Refused, json } from "./api.js";
import { Reading } from "./reading.js";
import { me } from "./store.js";

/** @import { Breaker, Health, Locks, SessionPage, TurnView } from "./wire" */

const BREAKERS = "/v1/admin/circuit-breakers";
const SESSIONS = "/v1/admin/sessions?limit=50";

/** @typedef {"health" | "breakers" | "sessions" | "locks" | "turns" | "feedback" | "users" | "keys" | "webhooks" | "drills"} Section */

/** @type {readonly Section[]} */
const SECTIONS = ["health", "breakers", "sessions", "locks", "turns", "feedback", "users", "keys", "webhooks", "drills"];

/** The part of the administration that is shown; null outside of it, and for those it is not for. */
export const section = computed(() => {
  const [room, named] = place.value;
  if (room !== "admin" || me.value?.role !== "admin") return null;
  return SECTIONS.find((one) => one === named) ?? "health";
});

/** The turn named in the address. */
export const turnId = computed(() => (section.value === "turns" ? (place.value[2] ?? "") : ""));

/** @type {Reading<Health>} */
export const health = new Reading(() => json("/health").catch(healthOfRefusal));

/** @type {Reading<Breaker[]>} */
export const breakers = new Reading(() => json(BREAKERS));

/** @type {Reading<SessionPage>} */
export const sessions = new Reading(() => json(SESSIONS));

/** @type {Reading<Locks>} */
export const locks = new Reading(() => json("/v1/admin/locks"));

/** @type {Reading<TurnView>} */
export const turn = new Reading(() => json(`/v1/admin/turns/${encodeURIComponent(turnId.peek())}`));

/** Counts news of webhooks, for the part that shows them. */
export const webhookNews = signal(0);

/** What became of closing a breaker. @type {import("@preact/signals").Signal<{ name: string, done: boolean } | null>} */
export const resetTold = signal(null);

effect(() => {
  if (me.value) return;
  for (const reading of [health, breakers, sessions, locks, turn]) reading.forget();
  resetTold.value = null;
});

/** @param {unknown} error a server that is down says so with a 503, and still says what */
function healthOfRefusal(error) {
  if (error instanceof Refused && "dependencies" in error.problem) return error.problem;
  throw error;
}

/** What is shown of the breakers, or depends on them, is read again. */
export function breakerChanged() {
  if (section.peek() === "breakers") void breakers.read();
  if (section.peek() === "health") void health.read();
}

/** @param {string} name */
export async function resetBreaker(name) {
  resetTold.value = null;
  const done = await json(`${BREAKERS}/${encodeURIComponent(name)}/reset`, { method: "POST", body: {} }).then(
    () => true,
    () => false,
  );
  resetTold.value = { name, done };
  await breakers.read();
}

/** The next page of sessions, below those that are shown. */
export async function moreSessions() {
  const shown = sessions.value.peek();
  if (!shown?.next_cursor) return;
  const cursor = encodeURIComponent(shown.next_cursor);
  /** @type {SessionPage | null} */
  const next = await json(`${SESSIONS}&cursor=${cursor}`).catch(() => null);
  if (next && sessions.value.peek() === shown) {
    sessions.value.value = { ...next, sessions: [...shown.sessions, ...next.sessions] };
  }
}
