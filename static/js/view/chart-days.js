import { html } from "../html.js";
import { language } from "../i18n.js";

const HIGH = 100;
const GAP = 0.2;

/**
 * @typedef {object} Bar
 * @property {string} day `2026-11-21`
 * @property {number} up
 * @property {number} [down] what is told below the line, so that no colour is needed to see it
 * @property {string} text what is said of the day
 * @property {string[]} cells the same in a table
 */

/**
 * What each day came to, as bars for the eye and as a table for everybody.
 * @param {{ title: string, told: string, most: string, bars: Bar[], table: string, columns: string[] }} props
 *   told: the picture in words; most: the highest bar in words; table: the word that opens the table
 */
export function DayChart({ title, told, most, bars, table, columns }) {
  const days = [...bars].sort((a, b) => a.day.localeCompare(b.day));
  const scale = scaleOf(days);
  return html`
    <section aria-label=${title}>
      <h3>${title}</h3>
      <figure class="bars">
        <svg viewBox=${`0 0 ${days.length} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${told}>
          ${days.map((one, index) => html`<${DayBar} key=${one.day} bar=${one} index=${index} scale=${scale} />`)}
          ${scale.line < HIGH && html`<path d=${`M0 ${scale.line}H${days.length}`} />`}
        </svg>
        <figcaption><span>${dayText(days[0]?.day ?? "")}</span><span>${most}</span><span>${dayText(days.at(-1)?.day ?? "")}</span></figcaption>
      </figure>
      <details class="as-table">
        <summary>${table}</summary>
        <table class="figures">
          <thead>
            <tr>${columns.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr>
          </thead>
          <tbody>
            ${days.toReversed().map(
              ({ day, cells }) => html`<tr key=${day}><th scope="row">${dayText(day)}</th>${cells.map((cell, place) => html`<td key=${place}>${cell}</td>`)}</tr>`,
            )}
          </tbody>
        </table>
      </details>
    </section>
  `;
}

/** @typedef {{ line: number, one: number }} Scale where the line is, and how high one is */

/** @param {{ bar: Bar, index: number, scale: Scale }} props */
function DayBar({ bar, index, scale }) {
  const up = bar.up * scale.one;
  const place = { x: index + GAP / 2, width: 1 - GAP };
  return html`
    <rect ...${place} y=${scale.line - up} height=${up}><title>${bar.text}</title></rect>
    ${bar.down ? html`<rect ...${place} class="down" y=${scale.line} height=${bar.down * scale.one}><title>${bar.text}</title></rect>` : null}
  `;
}

/**
 * @param {Bar[]} bars
 * @returns {Scale}
 */
function scaleOf(bars) {
  const up = Math.max(0, ...bars.map((bar) => bar.up));
  const down = Math.max(0, ...bars.map((bar) => bar.down ?? 0));
  const one = up + down > 0 ? HIGH / (up + down) : 0;
  return { line: up + down > 0 ? up * one : HIGH, one };
}

/** @param {string} day `2026-11-21` */
export const dayText = (day) =>
  day && new Date(`${day}T00:00:00`).toLocaleDateString(language.value, { day: "numeric", month: "short", year: "numeric" });
