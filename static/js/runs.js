import { effect, signal } from "@preact/signals";
import { Refused, json } from "./api.js";
import { Reading } from "./reading.js";
import { room, runName } from "./rooms.js";
import { me } from "./store.js";

/** @import { Run, RunNotice, RunPage } from "./wire" */

const PAUSE_MS = 300;

/**
 * The run there is, as far as it is known; it greys out what would begin another.
 * @type {import("@preact/signals").Signal<(RunNotice & Partial<Run>) | null>}
 */
export const active = signal(null);

/** @type {Reading<RunPage>} */
export const past = new Reading(readPast);

/** Of the catalogue's own pipelines a notice alone says that they keep others from beginning. */
const CATALOGUE = new Set(["extract", "enrich"]);

effect(() => {
  if (me.value) return;
  past.forget();
  active.value = null;
});

/** @param {string} id */
export const runPath = (id) => `/v1/catalog/run/${encodeURIComponent(id)}`;

/** @param {Pick<RunNotice, "state">} run */
export const goesOn = ({ state }) => state === "planning" || state === "running";

let asked = 0;

/** Asks which run there is; a notice that comes meanwhile knows better. */
export async function readActive() {
  const number = ++asked;
  try {
    const { current_run_id } = await json("/v1/catalog/running-status");
    const run = current_run_id && (await json(runPath(current_run_id)));
    if (number === asked) active.value = run && goesOn(run) ? run : null;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) return;
    if (number === asked) active.value = null;
  }
}

/** The newest; older ones that were read stay below. */
async function readPast() {
  /** @type {RunPage} */
  const page = await json("/v1/catalog/runs");
  const shown = past.value.peek();
  const oldest = page.runs.at(-1);
  if (!shown || !page.next_cursor || !oldest) return page;
  const known = new Set(page.runs.map(({ id }) => id));
  const older = shown.runs.filter((one) => one.started_at <= oldest.started_at && !known.has(one.id));
  return older.length > 0 ? { runs: [...page.runs, ...older], next_cursor: shown.next_cursor } : page;
}

export async function moreRuns() {
  const shown = past.value.peek();
  if (!shown?.next_cursor) return;
  /** @type {RunPage | null} */
  const next = await json(`/v1/catalog/runs?${new URLSearchParams({ cursor: shown.next_cursor })}`).catch(() => null);
  if (next && past.value.peek() === shown) past.value.value = { ...next, runs: [...shown.runs, ...next.runs] };
}

/** @type {Set<(run: RunNotice) => void>} */
const listeners = new Set();

/**
 * @param {(run: RunNotice) => void} act called for every notice
 * @returns {() => void} to stop it
 */
export function onRun(act) {
  listeners.add(act);
  return () => void listeners.delete(act);
}

/** @param {RunNotice} notice of whichever run of the company */
export function hearRun(notice) {
  const known = active.peek();
  if (goesOn(notice)) {
    if (known?.id === notice.id) active.value = { ...known, ...notice };
    else if (CATALOGUE.has(notice.pipeline)) {
      active.value = notice;
      void readActive();
    } else if (inRooms()) void readActive();
  } else if (known?.id === notice.id) {
    asked++;
    active.value = null;
  }
  hearPast(notice);
  for (const act of listeners) act(notice);
}

let timer = 0;

/** @param {RunNotice} notice */
function hearPast(notice) {
  const shown = past.value.peek();
  if (!shown) return;
  const known = shown.runs.find(({ id }) => id === notice.id);
  if (known) {
    past.value.value = { ...shown, runs: shown.runs.map((one) => (one === known ? { ...one, ...notice } : one)) };
  }
  if (known && goesOn(known) && goesOn(notice)) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => inRooms() && void past.read(), PAUSE_MS);
}

const inRooms = () => room.peek() === "catalog" || room.peek() === "runs";

/** Something may have been missed. */
export function readShownRuns() {
  if (!inRooms()) return;
  void readActive();
  if (!runName.peek()) void past.read();
}
