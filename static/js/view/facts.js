import { html } from "../html.js";

/**
 * Names and values; what has no value is left out.
 * @param {{ list: { name: string, value: unknown }[] }} props
 */
export function Facts({ list }) {
  return html`
    <dl class="facts">
      ${list
        .filter(({ value }) => value !== null && value !== "")
        .map(({ name, value }) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
  `;
}
