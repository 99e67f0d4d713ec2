import { language, t } from "../i18n.js";

/** @import { Job, JobState, Run, RunState } from "../wire" */

/** @type {readonly JobState[]} */
export const JOB_STATES = ["waiting", "running", "completed", "failed", "cancelled"];

/** @param {string} name a pipeline's or a step's; one of another package keeps its name */
export function pipelineText(name) {
  switch (name) {
    case "extract":
      return t("run.extract");
    case "enrich":
      return t("run.enrich");
    default:
      return name;
  }
}

/** @param {RunState} state */
export function runStateText(state) {
  switch (state) {
    case "planning":
      return t("run.planning");
    case "running":
      return t("run.running");
    case "completed":
      return t("run.completed");
    case "cancelled":
      return t("run.cancelled");
    default:
      return t("run.failed");
  }
}

/** @param {JobState} state */
export function jobStateText(state) {
  switch (state) {
    case "waiting":
      return t("task.waiting");
    case "running":
      return t("task.running");
    case "completed":
      return t("task.completed");
    case "cancelled":
      return t("task.cancelled");
    default:
      return t("task.failed");
  }
}

/** @param {string} code why a run has no plan, or a job failed */
export function errorText(code) {
  if (code.endsWith("budget_exceeded")) return t("task.error.budget");
  if (/^(model|external|network|circuit)_/.test(code)) return t("task.error.model");
  if (code.startsWith("database_")) return t("task.error.database");
  if (code === "file_missing") return t("task.error.file.missing");
  if (code.startsWith("file_")) return t("task.error.file");
  switch (code) {
    case "mapping_unknown":
      return t("task.error.mapping");
    case "answer_invalid":
      return t("task.error.answer");
    case "not_found":
      return t("task.error.gone");
    case "record_changed":
      return t("task.error.changed");
    default:
      return t("task.error.other", { code });
  }
}

/** @param {Job} job what came of it, or why not */
export const outcomeText = ({ summary, error }) => summary || (error ? errorText(error) : "");

/** @param {Pick<Run, "user_name">} run */
export const whoText = ({ user_name }) => user_name ?? t("run.somebody");

/**
 * How long something took or takes, so that it can be read while it ticks: 0:07, 12:05, 1:02:09.
 * @param {string | null} from RFC 3339
 * @param {string | null} to null: until now
 * @param {() => number} now
 */
export function elapsed(from, to, now) {
  if (!from) return "";
  const end = to ? Date.parse(to) : now();
  const seconds = Math.max(0, Math.round((end - Date.parse(from)) / 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const last = `${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${last}` : `${minutes}:${last}`;
}

/**
 * @param {string | null | undefined} price two decimals
 * @param {string | null | undefined} currency
 */
export function priceOf(price, currency) {
  if (!price) return "";
  return new Intl.NumberFormat(language.value, { style: "currency", currency: currency ?? "EUR" }).format(Number(price));
}
