import { backoff } from "./backoff.js";

/**
 * What a module that is not needed at once gives, asked for until it is there.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function bring(load) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load();
    } catch {
      await backoff(attempt, new AbortController().signal);
    }
  }
}
