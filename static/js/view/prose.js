import { useLayoutEffect, useRef } from "preact/hooks";
import { BlockReader, htmlOf } from "../blocks.js";
import { copy } from "../clipboard.js";
import { highlight } from "../highlight.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { sanitize } from "../sanitize.js";

/** @import { Block } from "../blocks.js" */

/** @param {{ text: string, growing: boolean }} props */
export function Prose({ text, growing }) {
  const reader = useRef(/** @type {BlockReader | null} */ (null));
  reader.current ??= new BlockReader();
  const blocks = reader.current.read(text, growing);
  return html`
    <div class="prose">
      ${blocks.map(
        (block, index) =>
          html`<${BlockView} key=${index} block=${block} settled=${!growing || index < blocks.length - 1} />`,
      )}
    </div>
  `;
}

/**
 * One block, written into the page only when its Markdown changed.
 * @param {{ block: Block, settled: boolean }} props
 */
function BlockView({ block, settled }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    ref.current?.replaceChildren(sanitize(htmlOf(block.token)));
    if (ref.current) dress(ref.current);
  }, [block.raw, language.value]);
  useLayoutEffect(() => {
    if (settled && ref.current) colour(ref.current);
  }, [block.raw, settled, language.value]);
  return html`<div ref=${ref} class="block"></div>`;
}

/**
 * Adds what a block has beyond its text: frames that scroll, so the page never does sideways, and a head with
 * a copy button for code.
 * @param {HTMLElement} block
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
