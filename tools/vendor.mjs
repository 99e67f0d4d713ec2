// Copies the modules named in the import map of static/index.html from node_modules to static/vendor/,
// which is not committed. Run after `npm ci --ignore-scripts`.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = join(root, "node_modules");
const target = join(root, "static", "vendor");

const FILES = {
  "preact.js": "preact/dist/preact.mjs",
  "preact-hooks.js": "preact/hooks/dist/hooks.mjs",
  "signals-core.js": "@preact/signals-core/dist/signals-core.mjs",
  "signals.js": "@preact/signals/dist/signals.mjs",
  "htm.js": "htm/dist/htm.mjs",
  "marked.js": "marked/lib/marked.esm.js",
  "dompurify.js": "dompurify/dist/purify.es.mjs",
  "eventsource-parser.js": "eventsource-parser/dist/index.js",
  "highlight.js": "@highlightjs/cdn-assets/es/core.min.js",
  "highlight/bash.js": "@highlightjs/cdn-assets/es/languages/bash.min.js",
  "highlight/css.js": "@highlightjs/cdn-assets/es/languages/css.min.js",
  "highlight/ini.js": "@highlightjs/cdn-assets/es/languages/ini.min.js",
  "highlight/javascript.js": "@highlightjs/cdn-assets/es/languages/javascript.min.js",
  "highlight/json.js": "@highlightjs/cdn-assets/es/languages/json.min.js",
  "highlight/python.js": "@highlightjs/cdn-assets/es/languages/python.min.js",
  "highlight/sql.js": "@highlightjs/cdn-assets/es/languages/sql.min.js",
  "highlight/typescript.js": "@highlightjs/cdn-assets/es/languages/typescript.min.js",
  "highlight/xml.js": "@highlightjs/cdn-assets/es/languages/xml.min.js",
  "highlight/yaml.js": "@highlightjs/cdn-assets/es/languages/yaml.min.js",
};

const packageOf = (/** @type {string} */ path) =>
  path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/");

await rm(target, { recursive: true, force: true });
for (const [name, source] of Object.entries(FILES)) {
  const to = join(target, name);
  await mkdir(dirname(to), { recursive: true });
  const text = await readFile(join(packages, source), "utf8");
  // The maps are not copied, so a reference to one is a 404 in every open developer console.
  await writeFile(to, text.replace(/\/\/# sourceMappingURL=.*$/gm, ""));
}
for (const name of new Set(Object.values(FILES).map(packageOf))) {
  const to = join(target, "licences", `${name.replace("/", "-").replace("@", "")}.txt`);
  await mkdir(dirname(to), { recursive: true });
  await cp(join(packages, name, "LICENSE"), to);
}
console.log(`static/vendor: ${Object.keys(FILES).length} modules`);
