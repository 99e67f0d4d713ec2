import { json } from "./api.js";

const PATIENCE_MS = 1000;

/**
 * What the company's data could be asked, as it is now; empty where there is nothing, or no answer in time.
 * @returns {Promise<string[]>}
 */
export async function readSuggestions() {
  try {
    /** @type {import("./wire").Suggestions} */
    const { suggestions } = await json("/v1/lea/suggestions", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return suggestions.map(({ text }) => text);
  } catch {
    return [];
  }
}
