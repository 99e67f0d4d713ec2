import { html } from "../html.js";

/** @typedef {{ key: string, name: string, value: number, text: string }} Row text: the value in words */

/**
 * Values beside each other: a table whose rows have a bar for the eye.
 * @param {{ title: string, name: string, unit: string, rows: Row[] }} props name, unit: what the columns are
 */
export function BarTable({ title, name, unit, rows }) {
  const most = Math.max(0, ...rows.map(({ value }) => value));
  return html`
    <table class="figures bar-table">
      <caption>${title}</caption>
      <thead>
        <tr><th scope="col"><span class="unseen">${name}</span></th><th scope="col"><span class="unseen">${unit}</span></th></tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`
            <tr key=${row.key}>
              <th scope="row">
                <span>${row.name}</span>
                <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect width=${String(most > 0 ? (100 * row.value) / most : 0)} height="6" />
                </svg>
              </th>
              <td>${row.text}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}
