/**
 * Says one sentence to a screen reader. Used sparingly: at most three times an answer, so the text as it
 * is written is not a live region.
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}
