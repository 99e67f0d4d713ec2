import { effect, signal } from "@preact/signals";
import { json } from "./api.js";
import { Reading } from "./reading.js";
import { room } from "./rooms.js";
import { me } from "./store.js";

/** @import { Budgets, Costs, Quota } from "./wire" */

const BUDGETS = "/v1/admin/budgets";
const PAUSE_MS = 1000;
/** @type {ReadonlySet<string | null>} */
const SHOWN_IN = new Set(["costs", "figures"]);

/** How far back one looks. */
export const days = signal(30);

/** @type {Reading<Costs>} */
export const costs = new Reading(() => json(`/v1/llm/costs?days=${days.peek()}`));

/** @type {Reading<Budgets>} */
export const budgets = new Reading(() => json(BUDGETS));

/** What was told last of what may still be spent. @type {import("@preact/signals").Signal<Quota | null>} */
export const quota = signal(null);

effect(() => {
  if (me.value) return;
  costs.forget();
  budgets.forget();
  quota.value = null;
});

let timer = 0;

/** Money was spent, or a budget changed: what is shown of it is read again, at most once a second. */
export function costsChanged() {
  if (!SHOWN_IN.has(room.peek())) return;
  timer ||= window.setTimeout(() => {
    timer = 0;
    if (SHOWN_IN.has(room.peek())) void costs.read();
  }, PAUSE_MS);
}

/**
 * @param {string | null} userId null: of the company
 * @param {{ soft_usd: number | null, hard_usd: number | null }} limits
 */
export async function setBudget(userId, limits) {
  await json(BUDGETS, { method: "PUT", body: userId === null ? limits : { user_id: userId, ...limits } });
  await Promise.all([budgets.read(), costs.read()]);
}
