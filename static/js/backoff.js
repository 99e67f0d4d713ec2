const FIRST_MS = 400;
const LONGEST_MS = 10_000;

/**
 * Waits before attempt n + 1, with jitter so that many pages do not return to a restarted server at the
 * same moment; shorter when the browser says the network is back.
 * @param {number} attempt from 0
 * @param {AbortSignal} cut
 * @returns {Promise<void>}
 */
export function backoff(attempt, cut) {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  const wait = most / 2 + (Math.random() * most) / 2;
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      cut.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, wait);
    window.addEventListener("online", go);
    cut.addEventListener("abort", go);
  });
}
