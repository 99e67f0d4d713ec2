// Runs before the first paint, as a plain script, so that nothing that was chosen flashes or moves.
(() => {
  const root = document.documentElement;
  const read = (/** @type {string} */ key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = read("lea.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const text = read("lea.text");
  if (text === "large" || text === "larger") root.dataset.text = text;
  if (read("lea.motion") === "less") root.dataset.motion = "less";
  const language = read("lea.language") ?? navigator.language;
  root.lang = language.toLowerCase().startsWith("fr") ? "fr" : "en";
  // The words of this language only, and at once: the module that needs them finds them on their way.
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = new URL(`i18n/${root.lang}.js`, here).href;
  document.head.append(link);
})();
