import { createParser } from "eventsource-parser";
import { Unreachable, request } from "./api.js";

/** @import { TurnEvent } from "./wire" */

/**
 * @typedef {object} Stream
 * @property {string} path
 * @property {string} [method]
 * @property {unknown} [body]
 * @property {AbortSignal} signal
 * @property {() => void} onOpen at the first byte
 * @property {(event: TurnEvent, id: string | undefined) => void} onEvent
 */

/**
 * Reads one event stream to its end. Any method may answer with one, so this is fetch and not EventSource.
 * @param {Stream} stream
 * @returns {Promise<"ended" | "nothing">} "nothing" is a 204: there is nothing to follow
 * @throws {Unreachable} when the connection breaks
 */
export async function readStream({ path, method = "GET", body, signal, onOpen, onEvent }) {
  const response = await request(path, { method, body, signal, accept: "text/event-stream" });
  if (response.status === 204 || !response.body) return "nothing";
  const parser = createParser({
    onEvent: ({ data, id }) => {
      const event = parsed(data);
      if (event) onEvent(event, id);
    },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let opened = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "ended";
      if (!opened) onOpen();
      opened = true;
      parser.feed(value);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Unreachable(path, { cause: error });
  }
}

/**
 * @param {string} data
 * @returns {TurnEvent | null} null for what is not ours to understand
 */
function parsed(data) {
  try {
    const value = JSON.parse(data);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
