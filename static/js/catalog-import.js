import { effect, signal } from "@preact/signals";
import { Refused, asUser, json } from "./api.js";
import { sendFile } from "./uploading.js";
import { t } from "./i18n.js";
import { readActive } from "./runs.js";
import { me } from "./store.js";

/** @import { Import } from "./wire" */

/**
 * A file on its way: being sent, being read by the server, or refused.
 * @typedef {{ state: "sending" | "reading" | "failed", name: string, sent: number, total: number, wrong: string }} Sending
 */

/** @type {import("@preact/signals").Signal<Sending | null>} */
export const sending = signal(null);

/** What would be made of the file that was sent last. @type {import("@preact/signals").Signal<Import | null>} */
export const brought = signal(null);

/** From field to column, as it was guessed or corrected. @type {import("@preact/signals").Signal<Record<string, string>>} */
export const mapping = signal({});

/** @type {AbortController | null} */
let open = null;

effect(() => {
  if (!me.value) forgetImport();
});

/** @param {File} file */
export async function bring(file) {
  forgetImport();
  const { name, size } = file;
  const cut = new AbortController();
  open = cut;
  sending.value = { state: "sending", name, sent: 0, total: size, wrong: "" };
  const onProgress = (/** @type {number} */ sent, /** @type {number} */ total) => {
    if (open === cut) sending.value = { state: sent < total ? "sending" : "reading", name, sent, total, wrong: "" };
  };
  try {
    const how = { signal: cut.signal, onProgress };
    const response = await asUser((headers) => sendFile("/v1/catalog/imports", file, headers, how));
    /** @type {Import} */
    const made = await response.json();
    if (open !== cut) return;
    brought.value = made;
    mapping.value = made.mapping;
    sending.value = null;
  } catch (error) {
    if (open === cut) sending.value = { state: "failed", name, sent: 0, total: size, wrong: wrongOf(error) };
  }
  if (open === cut) open = null;
}

/**
 * A refusal in words, with the line of the file it is about.
 * @param {unknown} error
 */
function wrongOf(error) {
  if (!(error instanceof Refused)) return t("page.unreachable");
  const line = error.problem.errors?.map(({ path }) => /^line (\d+)$/.exec(path)?.[1]).find(Boolean);
  return line ? t("bring.wrong.line", { line, what: error.message }) : error.message;
}

/** Also ends what is on its way. */
export function forgetImport() {
  open?.abort();
  open = null;
  sending.value = null;
  brought.value = null;
  mapping.value = {};
}

/**
 * @param {string} field
 * @param {string} column "" for none
 */
export function map(field, column) {
  const others = Object.entries(mapping.value).filter(([name, taken]) => name !== field && taken !== column);
  mapping.value = Object.fromEntries(column ? [...others, [field, column]] : others);
}

/** @returns {Promise<string>} the run */
export function extract() {
  const made = brought.peek();
  if (!made) throw new Error("no file");
  const same = sameMapping(made.mapping, mapping.peek());
  return begin("extract", { import_id: made.import_id, ...(same ? {} : { mapping: mapping.peek() }) });
}

/**
 * @param {boolean} again also what was enriched before
 * @returns {Promise<string>} the run
 */
export function enrich(again) {
  return begin("enrich", again ? { again } : {});
}

/**
 * @param {"extract" | "enrich"} what
 * @param {Record<string, unknown>} body
 */
async function begin(what, body) {
  try {
    const { run_id } = await json(`/v1/catalog/${what}`, { method: "POST", body });
    return run_id;
  } catch (error) {
    if (error instanceof Refused && error.problem.code === "run_active") void readActive();
    throw error;
  }
}

/**
 * @param {Record<string, string>} one
 * @param {Record<string, string>} other
 */
export function sameMapping(one, other) {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].every((field) => one[field] === other[field]);
}
