import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { BlockReader, htmlOf } from "../blocks.js";
import { citationsKey, linkCitations } from "../citations.js";
import { copy } from "../clipboard.js";
import { highlight } from "../highlight.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { sanitize } from "../sanitize.js";
import { grow } from "./grow.js";

/** @import { Block, Token } from "../blocks.js" */
/** @import { Citation } from "../wire" */

/** @type {Citation[]} the same one each time, so that blocks that are done are left alone */
const NONE = [];
/** Blocks that are laid out, or left out, together: each change would go through thousands of neighbours otherwise. */
const PART = 40;

/** @typedef {{ first: Block | undefined, view: import("../html.js").VNode }} Standing */

/** @param {{ text: string, growing: boolean, citations?: Citation[] }} props */
export function Prose({ text, growing, citations: told = NONE }) {
  const citations = told.length > 0 ? told : NONE;
  const reader = useMemo(() => new BlockReader(), []);
  const blocks = useMemo(() => reader.read(text, growing), [text, growing]);
  const last = blocks.length - 1;
  const stands = useMemo(() => new WeakMap(), [citations]);
  const view = (/** @type {Block} */ block, /** @type {number} */ index) => {
    const known = stands.get(block);
    if (known) return known;
    const settled = !growing || index < last;
    const made = html`<${BlockView} key=${index} block=${block} settled=${settled} citations=${citations} />`;
    // The same element again tells Preact that there is nothing to do: an answer may have thousands of blocks.
    if (settled) stands.set(block, made);
    return made;
  };
  const standing = useMemo(() => /** @type {Standing[]} */ ([]), [citations]);
  const parts = [];
  for (let from = 0; from < blocks.length; from += PART) {
    const first = blocks[from];
    const before = standing[from];
    if (before && before.first === first) {
      parts.push(before.view);
      continue;
    }
    const inside = blocks.slice(from, from + PART).map((block, index) => view(block, from + index));
    const made = html`<div key=${from} class="part">${inside}</div>`;
    if (from + PART <= (growing ? last : blocks.length)) standing[from] = { first, view: made };
    parts.push(made);
  }
  return html`<div class="prose">${parts}</div>`;
}

/**
 * One block, written into the page only when its Markdown changed.
 * @param {{ block: Block, settled: boolean, citations: Citation[] }} props
 */
function BlockView({ block, settled, citations }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = useRef(/** @type {{ token: Token, language: string } | null} */ (null));
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { token: block.token, language: language.value };
    if (!ref.current) return;
    if (before?.language === language.value && grow(ref.current, before.token, block.token, dress)) return;
    ref.current.replaceChildren(sanitize(htmlOf(block.token)));
    dress(ref.current);
  }, [block.raw, language.value]);
  useLayoutEffect(() => {
    if (settled && ref.current) colour(ref.current);
  }, [block.raw, settled, language.value]);
  useLayoutEffect(() => {
    if (ref.current) linkCitations(ref.current, citations);
  }, [block.raw, language.value, citationsKey(citations)]);
  return html`<div ref=${ref} class="block ${block.token.type === "heading" ? "titled" : ""} ${settled ? "" : "open"}"></div>`;
}

/**
 * Adds what a block has beyond its text: frames that scroll, so the page never does sideways, and a head with
 * a copy button for code.
 * @param {ParentNode} block
 */
function dress(block) {
  for (const table of block.querySelectorAll("table")) frame(table, "table-frame");
  for (const pre of block.querySelectorAll("pre")) frame(pre, "code-frame").prepend(codeHead(pre));
}

/** @param {HTMLElement} block */
function colour(block) {
  for (const code of block.querySelectorAll("code")) void highlight(code, languageOf(code));
}

/** @param {Element | null} code */
const languageOf = (code) => /language-(\S+)/.exec(code?.className ?? "")?.[1] ?? "";

/** @param {HTMLPreElement} pre */
function codeHead(pre) {
  const head = document.createElement("div");
  const name = document.createElement("span");
  const button = document.createElement("button");
  head.className = "code-head";
  name.textContent = languageOf(pre.querySelector("code"));
  button.className = "tool";
  button.type = "button";
  button.textContent = t("action.copy");
  button.addEventListener("click", async () => {
    if (!(await copy(pre.textContent ?? ""))) return;
    button.textContent = t("action.copied");
    setTimeout(() => (button.textContent = t("action.copy")), 2000);
  });
  head.append(name, button);
  return head;
}

/**
 * @param {Element} inner
 * @param {string} name
 */
function frame(inner, name) {
  const outer = document.createElement("div");
  outer.className = name;
  inner.replaceWith(outer);
  outer.append(inner);
  return outer;
}
