/** Languages whose colours are worth loading, by the names people write after the fence. */
const FILES = new Map(
  Object.entries({
    bash: "bash", sh: "bash", shell: "bash",
    css: "css",
    ini: "ini", toml: "ini",
    js: "javascript", javascript: "javascript",
    json: "json",
    py: "python", python: "python",
    sql: "sql",
    ts: "typescript", typescript: "typescript",
    html: "xml", xml: "xml",
    yaml: "yaml", yml: "yaml",
  }),
);

/**
 * Colours one code element; libraries come with the first block that needs them, and a failure to load
 * them leaves the code as it is.
 * @param {HTMLElement} code
 * @param {string} name
 */
export async function highlight(code, name) {
  const language = FILES.get(name.toLowerCase());
  if (!language || code.dataset.highlighted) return;
  code.dataset.highlighted = "yes";
  try {
    const [{ default: highlighter }, grammar] = await Promise.all([
      import("highlight.js"),
      import(`highlight/${language}.js`),
    ]);
    if (!highlighter.getLanguage(language)) highlighter.registerLanguage(language, grammar.default);
    // The highlighter escapes the code itself; only its own spans come out.
    code.innerHTML = highlighter.highlight(code.textContent ?? "", { language, ignoreIllegals: true }).value;
  } catch {
    return;
  }
}
