import { htmlOf } from "../blocks.js";
import { sanitize } from "../sanitize.js";

/** @import { Token, Tokens } from "marked" */

/**
 * Adds to a block that is on the page what came since, so that a long list, table or piece of code is not made anew with
 * every word.
 * @param {HTMLElement} block
 * @param {Token} before what it shows
 * @param {Token} now
 * @param {(fresh: ParentNode) => void} dress gives new elements what they have beyond their text
 * @returns {boolean} whether that was possible; otherwise nothing was changed
 */
export function grow(block, before, now, dress) {
  if (now.type !== before.type || !now.raw.startsWith(before.raw.trimEnd())) return false;
  if (now.type === "code") return growCode(block, /** @type {Tokens.Code} */ (before), /** @type {Tokens.Code} */ (now));
  if (now.type === "list") return growList(block, /** @type {Tokens.List} */ (before), /** @type {Tokens.List} */ (now), dress);
  if (now.type === "table") return growTable(block, /** @type {Tokens.Table} */ (before), /** @type {Tokens.Table} */ (now), dress);
  return false;
}

/**
 * @param {HTMLElement} block
 * @param {Tokens.Code} before
 * @param {Tokens.Code} now
 */
function growCode(block, before, now) {
  const text = block.querySelector("code")?.firstChild;
  const old = shownCode(before);
  const whole = shownCode(now);
  if (!(text instanceof Text) || text.nextSibling || text.data !== old || before.lang !== now.lang) return false;
  if (!whole.startsWith(old.slice(0, -1))) return false;
  text.replaceData(old.length - 1, 1, whole.slice(old.length - 1));
  return true;
}

/** @param {Tokens.Code} token */
const shownCode = ({ text }) => `${text.replace(/\n$/, "")}\n`;

/**
 * @param {HTMLElement} block
 * @param {Tokens.List} before
 * @param {Tokens.List} now
 * @param {(fresh: ParentNode) => void} dress
 */
function growList(block, before, now, dress) {
  const list = block.firstElementChild;
  const same = before.items.length - 1;
  if (!list || list.children.length !== before.items.length || now.loose !== before.loose) return false;
  if (before.ordered !== now.ordered || before.start !== now.start) return false;
  if (before.items.slice(0, same).some((item, index) => item.raw !== now.items[index]?.raw)) return false;
  return replaceFrom(list, same, { ...now, items: now.items.slice(same) }, "ul, ol", dress);
}

/**
 * @param {HTMLElement} block
 * @param {Tokens.Table} before
 * @param {Tokens.Table} now
 * @param {(fresh: ParentNode) => void} dress
 */
function growTable(block, before, now, dress) {
  const body = block.querySelector("tbody");
  const same = before.rows.length - 1;
  if (!body || same < 0 || body.children.length !== before.rows.length) return false;
  return replaceFrom(body, same, { ...now, rows: now.rows.slice(same) }, "tbody", dress);
}

/**
 * @param {Element} parent
 * @param {number} same how many of its children stay
 * @param {Token} rest
 * @param {string} selector where the children of the rest are
 * @param {(fresh: ParentNode) => void} dress
 */
function replaceFrom(parent, same, rest, selector, dress) {
  const fragment = sanitize(htmlOf(rest));
  const fresh = fragment.querySelector(selector);
  if (!fresh) return false;
  dress(fresh);
  while (parent.children.length > same) parent.lastElementChild?.remove();
  parent.append(...fresh.children);
  return true;
}
