import { computed, effect, signal } from "@preact/signals";
import { place } from "./address.js";
import { Refused, json } from "./api.js";
import { t } from "./i18n.js";
import { Reading } from "./reading.js";
import { room } from "./rooms.js";
import { me } from "./store.js";

/** @import { DepartmentJob, DepartmentJobPage, JobsMetrics } from "./wire" */

const PATH = "/v1/jobs";
const PAGE = 30;
const MOST = 100;
const PAUSE_MS = 150;
/** Groups of three, and cents after whichever sign. */
const AMOUNT = /^(-?(?:\d{1,12}|\d{1,3}(?:[.,]\d{3}){1,3}))(?:[.,](\d{1,2}))?$/;

export const DEPARTMENTS = /** @type {const} */ (["apbookkeeper", "router", "bank"]);
export const JOB_STATES = /** @type {const} */ (["to_process", "in_process", "pending", "done", "failed"]);
/** @type {readonly string[]} */
export const OPEN_STATES = ["to_process", "in_process", "pending"];
/** The source of the jobs that are kept here, and may be changed here. */
export const OWN = "lea";

/** The department named in the address; "" for all of them. */
export const department = computed(() => {
  const named = room.value === "jobs" ? place.value[1] : "";
  return DEPARTMENTS.find((one) => one === named) ?? "";
});

/** Words of the titles that are looked for. */
export const words = signal("");

/** @typedef {{ state: string, jobs: DepartmentJob[], total: number, next_cursor: string | null }} Column */

/** The columns, for one department and certain words. @type {Reading<{ query: string, columns: Column[] }>} */
export const board = new Reading(readBoard);

/** @type {Reading<JobsMetrics>} */
export const metrics = new Reading(() => json(`${PATH}/metrics`));

effect(() => {
  if (me.value) return;
  board.forget();
  metrics.forget();
  words.value = "";
});

function queryOf() {
  const given = Object.entries({ department: department.peek(), q: words.peek() }).filter(([, value]) => value.trim());
  return new URLSearchParams(given).toString();
}

/** As many of each column as are shown already. */
async function readBoard() {
  const query = queryOf();
  const shown = board.value.peek();
  const known = shown?.query === query ? shown.columns : [];
  const columns = JOB_STATES.map(async (state, index) => {
    const limit = Math.min(MOST, Math.max(PAGE, known[index]?.jobs.length ?? 0));
    /** @type {DepartmentJobPage} */
    const page = await json(`${PATH}?${query}&state=${state}&limit=${limit}`);
    return { ...page, state };
  });
  return { query, columns: await Promise.all(columns) };
}

/** @param {string} state the column that is to have more */
export async function moreJobs(state) {
  const shown = board.value.peek();
  const column = shown?.columns.find((one) => one.state === state);
  if (!shown || !column?.next_cursor) return;
  const cursor = new URLSearchParams({ state, limit: String(PAGE), cursor: column.next_cursor });
  /** @type {DepartmentJobPage | null} */
  const next = await json(`${PATH}?${shown.query}&${cursor}`).catch(() => null);
  if (!next || board.value.peek() !== shown) return;
  const longer = { ...column, ...next, jobs: [...column.jobs, ...next.jobs] };
  board.value.value = { ...shown, columns: shown.columns.map((one) => (one === column ? longer : one)) };
}

let timer = 0;

/** One was made or changed by somebody: the board is read again, once for several changes. */
export function jobChanged() {
  if (room.peek() !== "jobs") return;
  clearTimeout(timer);
  timer = window.setTimeout(readShownJobs, PAUSE_MS);
}

/** Something may have been missed. */
export function readShownJobs() {
  if (room.peek() === "jobs") void readJobs();
}

/** The columns and the counts. */
export async function readJobs() {
  await Promise.all([board.read(), metrics.read()]);
}

/**
 * @param {DepartmentJob} job as it was looked at
 * @param {string} state
 */
export async function move(job, state) {
  try {
    await json(`${PATH}/${encodeURIComponent(job.id)}`, { method: "PATCH", body: { state, version: job.version } });
  } finally {
    await readJobs();
  }
}

/**
 * @param {Record<string, string>} given what was written; the amount as people write it
 * @param {string} id the same for the same wish, so that asking twice makes one
 */
export async function createJob({ amount, currency, ...given }, id) {
  const money = amount ? { amount_cents: centsOf(amount), currency } : {};
  await json(PATH, { method: "POST", body: { ...given, ...money, id } });
  await readJobs();
}

/** @param {string} text */
function centsOf(text) {
  const [, whole = "", cents = ""] = AMOUNT.exec(text.replace(/[\s€$£]/g, "")) ?? [];
  if (whole) return Number(whole.replace(/[.,]/g, "") + cents.padEnd(2, "0"));
  const code = "amount_not_understood";
  throw new Refused(400, { detail: t("wrong.amount"), code, errors: [{ path: "amount", message: code }] }, null);
}
