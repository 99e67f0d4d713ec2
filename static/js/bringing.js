import { backoff } from "./backoff.js";
import { allWords } from "./i18n.js";

/**
 * What a module that is not needed at once gives, and the words it shows, asked for until they are there.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function bring(load) {
  for (let attempt = 0; ; attempt++) {
    try {
      const [given] = await Promise.all([load(), allWords()]);
      return given;
    } catch {
      await backoff(attempt, new AbortController().signal);
    }
  }
}
