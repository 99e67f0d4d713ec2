import { createParser } from "eventsource-parser";
import { Unreachable, request } from "./api.js";

// The server writes at least a comment every 15 s: a connection that says nothing for three times as long is dead.
const DEAD_MS = 45_000;

/**
 * @template Event
 * @typedef {object} Stream
 * @property {string} path
 * @property {string} [method]
 * @property {unknown} [body]
 * @property {string | null} [after] the last event that was read
 * @property {AbortSignal} signal
 * @property {() => void} onOpen at the first byte
 * @property {(event: Event, id: string | undefined) => void} onEvent
 */

/**
 * Reads one event stream to its end. Any method may answer with one, so this is fetch and not EventSource.
 * @template Event
 * @param {Stream<Event>} stream
 * @returns {Promise<"ended" | "nothing">} "nothing" is a 204: there is nothing to follow
 * @throws {Unreachable} when the connection breaks
 */
export async function readStream({ path, method = "GET", body, after, signal, onOpen, onEvent }) {
  const response = await request(path, { method, body, after: after ?? null, signal, accept: "text/event-stream" });
  if (response.status === 204 || !response.body) return "nothing";
  const parser = createParser({
    onEvent: ({ data, id }) => {
      const event = parsed(data);
      if (event) onEvent(/** @type {Event} */ (event), id);
    },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const dead = () => void reader.cancel().catch(() => null);
  let timer = setTimeout(dead, DEAD_MS);
  let opened = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done) return "ended";
      if (!opened) onOpen();
      opened = true;
      timer = setTimeout(dead, DEAD_MS);
      parser.feed(value);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Unreachable(path, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} data
 * @returns {object | null} null for what is not ours to understand
 */
function parsed(data) {
  try {
    const value = JSON.parse(data);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
