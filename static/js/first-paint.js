// Runs before the first paint, as a plain script, so that a saved theme or language never flashes.
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
  const language = read("lea.language") ?? navigator.language;
  root.lang = language.toLowerCase().startsWith("fr") ? "fr" : "en";
})();
