import { html } from "../html.js";
import { present } from "../run-clock.js";
import { elapsed } from "./run-words.js";

/**
 * How long something took; ticks while it has not ended. A component of its own, so that nothing else is drawn again.
 * @param {{ from: string | null, to: string | null }} props
 */
export function Elapsed({ from, to }) {
  return html`<span class="elapsed">${elapsed(from, to, present)}</span>`;
}
