import { html } from "../html.js";

export function Wordmark() {
  return html`<span class="wordmark" role="img" aria-label="Léa">L<b>é</b>a</span>`;
}
