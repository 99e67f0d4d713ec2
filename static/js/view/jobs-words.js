import { t } from "../i18n.js";

/** @type {Record<string, () => string>} */
const DEPARTMENT_TEXTS = {
  apbookkeeper: () => t("department.apbookkeeper"),
  router: () => t("department.router"),
  bank: () => t("department.bank"),
};

/** @type {Record<string, () => string>} */
const STATE_TEXTS = {
  to_process: () => t("work.new"),
  in_process: () => t("work.begun"),
  pending: () => t("work.pending"),
  done: () => t("work.done"),
  failed: () => t("work.failed"),
};

/** @param {string} name one of a foreign source keeps its name */
export const departmentText = (name) => DEPARTMENT_TEXTS[name]?.() ?? name;

/** @param {string} name */
export const stateText = (name) => STATE_TEXTS[name]?.() ?? name;

/** @type {Record<string, string>} */
const SOURCES = { lea: "Léa", odoo: "Odoo", firestore: "Firestore" };

/** @param {string} name one that a package brings keeps its name */
export const sourceText = (name) => SOURCES[name] ?? name;
