/** @import { Confirm, Schema } from "./wire" */

/**
 * A value of what Léa asks that can be changed before it is approved.
 * @typedef {object} Editable
 * @property {string} name
 * @property {string} title of the schema
 * @property {"text" | "number" | "choice"} kind
 * @property {string[]} choices
 * @property {string} value as it is written
 */

/** What the question is about stays. */
const FIXED = "transaction";

/**
 * @param {Confirm} confirm
 * @param {Schema | undefined} schema of the action's arguments
 * @returns {Editable[]}
 */
export function editables({ arguments: given }, schema) {
  return Object.entries(given).flatMap(([name, value]) => {
    const property = schema?.properties?.[name];
    if (name === FIXED || !property || (typeof value !== "string" && typeof value !== "number")) return [];
    return [{ name, title: property.title ?? name, ...kindOf(property), value: String(value) }];
  });
}

/**
 * @param {Schema} property
 * @returns {Pick<Editable, "kind" | "choices">}
 */
function kindOf(property) {
  const ways = (property.anyOf ?? [property]).filter(({ type }) => type !== "null");
  const choices = ways.find((one) => one.enum)?.enum;
  if (choices) return { kind: "choice", choices };
  const numbers = ways.every(({ type }) => type === "number" || type === "integer");
  return { kind: numbers ? "number" : "text", choices: [] };
}

/**
 * What is sent: only the values that are not those that were shown; an empty one is left out of what is done.
 * @param {Editable[]} fields
 * @param {Record<string, string>} written
 */
export function edits(fields, written) {
  /** @type {Record<string, unknown>} */
  const changed = {};
  for (const { name, kind, value } of fields) {
    const now = written[name]?.trim() ?? value;
    if (now === value) continue;
    changed[name] = now === "" ? null : kind === "number" && Number.isFinite(Number(now)) ? Number(now) : now;
  }
  return changed;
}
