/** @import { Citation } from "./wire" */

const NOT_IN = new Set(["A", "BUTTON", "CODE", "PRE"]);

/** @param {Citation} citation */
const hrefOf = ({ kind, reference }) =>
  `#/${kind === "article" ? "catalog/articles" : "transactions"}/${encodeURIComponent(reference)}`;

/**
 * Tells one list of citations from another.
 * @param {Citation[]} citations
 */
export const citationsKey = (citations) => JSON.stringify(citations);

/**
 * Makes each place where a text names one of these records a link to it; code, and what is a link already, is left
 * alone. Links of an earlier call become text again first.
 * @param {HTMLElement} root
 * @param {Citation[]} citations
 */
export function linkCitations(root, citations) {
  const earlier = root.querySelectorAll("a.citation");
  for (const old of earlier) old.replaceWith(old.textContent ?? "");
  if (earlier.length > 0) root.normalize();
  if (citations.length === 0) return;
  const known = new Map(citations.map((one) => [one.reference, one]));
  const pattern = patternOf([...known.keys()]);
  for (const node of textsIn(root)) {
    const parts = split(node.data, pattern, known);
    if (parts.length > 1 || parts[0] instanceof HTMLElement) node.replaceWith(...parts);
  }
}

/**
 * The references as whole words: `T-10` is not in `T-101` nor in `T-10/2`. The longest is looked for first.
 * @param {string[]} references
 */
function patternOf(references) {
  const words = references.sort((a, b) => b.length - a.length).map((one) => one.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}]|[\\p{L}\\p{N}][.\\/_+\\-])(${words.join("|")})(?![\\p{L}\\p{N}]|[.\\/_+\\-][\\p{L}\\p{N}])`, "gu");
}

/**
 * The texts that may name records, in a list of its own: what is walked over must not change meanwhile.
 * @param {HTMLElement} root
 */
function textsIn(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return NOT_IN.has(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  return texts;
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {Map<string, Citation>} known
 */
function split(text, pattern, known) {
  return text
    .split(pattern)
    .filter((part) => part !== "")
    .map((part) => {
      const citation = known.get(part);
      return citation ? linkTo(citation) : part;
    });
}

/** @param {Citation} citation */
function linkTo(citation) {
  const link = document.createElement("a");
  link.className = "citation";
  link.href = hrefOf(citation);
  link.title = citation.label;
  link.textContent = citation.reference;
  return link;
}
