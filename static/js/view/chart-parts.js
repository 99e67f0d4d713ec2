import { html } from "../html.js";
import { plain } from "./figures.js";

/** @typedef {{ key: string, name: string, value: number }} Part */
/** @typedef {{ key: string, name: string, parts: Part[] }} Whole */

/**
 * What wholes are made of: a bar each, its parts in one order, with their names and numbers below it; all of it once more as a
 * table.
 * @param {{ title: string, wholes: Whole[], table: string, column: string }} props
 *   table: the word that opens the table; column: what the wholes are
 */
export function PartChart({ title, wholes, table, column }) {
  const most = Math.max(1, ...wholes.map(sumOf));
  const names = wholes[0]?.parts ?? [];
  return html`
    <section aria-label=${title}>
      <h3>${title}</h3>
      <ul class="part-bars">
        ${wholes.map((whole) => html`<li key=${whole.key}><${PartBar} whole=${whole} most=${most} /></li>`)}
      </ul>
      <details class="as-table">
        <summary>${table}</summary>
        <div class="wide-table" tabindex="0" role="group" aria-label=${title}>
          <table class="figures">
            <thead>
              <tr><th scope="col">${column}</th>${names.map(({ key, name }) => html`<th key=${key} scope="col">${name}</th>`)}</tr>
            </thead>
            <tbody>
              ${wholes.map(
                ({ key, name, parts }) => html`<tr key=${key}><th scope="row">${name}</th>${parts.map((part) => html`<td key=${part.key}>${plain(part.value)}</td>`)}</tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  `;
}

/** @param {{ whole: Whole, most: number }} props */
function PartBar({ whole, most }) {
  const told = whole.parts.filter(({ value }) => value > 0);
  const words = told.map(({ name, value }) => `${name} ${plain(value)}`).join(", ");
  let before = 0;
  return html`
    <p><b>${whole.name}</b> <span class="fine">${plain(sumOf(whole))}</span></p>
    <svg class="parts" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label=${`${whole.name} : ${words || plain(0)}`}>
      ${told.map(({ key, value }) => {
        const width = (100 * value) / most;
        const bar = html`<rect key=${key} data-part=${key} x=${before} width=${Math.max(width - 0.3, 0.1)} height="6" />`;
        before += width;
        return bar;
      })}
    </svg>
    <p class="legend" aria-hidden="true">
      ${told.map(({ key, name, value }) => html`<span key=${key} data-part=${key}>${name} <b>${plain(value)}</b></span>`)}
    </p>
  `;
}

/** @param {Whole} whole */
const sumOf = ({ parts }) => parts.reduce((sum, { value }) => sum + value, 0);
