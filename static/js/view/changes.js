import { html } from "../html.js";
import { t } from "../i18n.js";

/** @import { Change } from "../wire" */

/**
 * Values before and after.
 * @param {{ list: Change[] }} props
 */
export function Changes({ list }) {
  return html`
    <dl class="changes">
      ${list.map(
        ({ name, label, before, after }, index) => html`
          <div key=${`${name} ${index}`}>
            ${label ? html`<dt>${label}</dt>` : html`<dt class="unseen">${t("change.more")}</dt>`}
            <dd>
              ${before !== null &&
              html`<span class="unseen">${t("change.before")} </span><span class="before">${before}</span>
                <span aria-hidden="true"> → </span><span class="unseen">${t("change.after")} </span>`}
              <b>${after}</b>
            </dd>
          </div>
        `,
      )}
    </dl>
  `;
}
