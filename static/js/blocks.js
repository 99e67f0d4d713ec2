import { Marked } from "marked";

/** @typedef {import("marked").Token} Token */
/** @typedef {{ raw: string, token: Token }} Block */

const marked = new Marked({ gfm: true, breaks: true });
marked.use({
  renderer: {
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    // HTML in an answer is text like any other: nothing is lost, nothing runs. Only line breaks in tables work.
    html: ({ text, type, block }) => {
      if (/^<br ?\/?>$/i.test(text.trim())) return "<br>";
      const shown = escaped(text.trimEnd());
      return type === "html" && block ? `<p>${shown}</p>` : shown;
    },
  },
});

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** @param {Token} token */
export const htmlOf = (token) => marked.parser([token]);

const isText = (/** @type {Token} */ token) => token.type !== "space";

const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/**
 * Splits Markdown that is still growing into blocks. Only the last block can change, so what stands before
 * it is parsed once.
 */
export class BlockReader {
  /** @type {Block[]} */
  done = [];
  head = "";

  /**
   * @param {string} text
   * @param {boolean} growing
   * @returns {Block[]}
   */
  read(text, growing) {
    const source = text.replace(/\r\n?/g, "\n");
    // What a link stands for may be said anywhere: such a text is read once more as a whole.
    if (!source.startsWith(this.head) || (!growing && DEFINITION.test(source))) {
      this.done = [];
      this.head = "";
    }
    const tokens = marked.lexer(source.slice(this.head.length));
    if (growing) this.settle(source, tokens);
    return [...this.done, ...tokens.filter(isText).map((token) => ({ raw: token.raw, token }))];
  }

  /**
   * Moves every block before the last one from `tokens` to `done`.
   * @param {string} source
   * @param {Token[]} tokens
   */
  settle(source, tokens) {
    const last = tokens.findLastIndex(isText);
    const raw = tokens.slice(0, Math.max(last, 0)).map((token) => token.raw).join("");
    // A lexer that changed the text would make us cut it in the wrong place.
    if (!raw || !source.startsWith(raw, this.head.length)) return;
    this.head += raw;
    this.done.push(...tokens.splice(0, last).filter(isText).map((token) => ({ raw: token.raw, token })));
  }
}
