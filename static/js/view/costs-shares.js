import { html } from "../html.js";
import { t } from "../i18n.js";
import { dollars, plain } from "./figures.js";

/** @import { Costs, Spent } from "../wire" */

/** @typedef {Spent & { key: string, name: string }} Share */

/** @param {{ told: Costs }} props who and what the money went to */
export function Shares({ told }) {
  const users = told.by_user.map((one) => ({ ...one, key: one.user_id, name: one.name ?? one.user_id }));
  const models = told.by_model.map((one) => {
    const name = [one.model, one.provider].filter(Boolean).join(" · ");
    return { ...one, key: name, name };
  });
  const purposes = told.by_purpose.map((one) => ({ ...one, key: one.purpose, name: purposeText(one.purpose) }));
  return html`
    <${Table} title=${t("costs.by.user")} list=${users} />
    <${Table} title=${t("costs.by.model")} list=${models} />
    <${Table} title=${t("costs.by.purpose")} list=${purposes} />
  `;
}

/** @param {{ title: string, list: Share[] }} props */
function Table({ title, list }) {
  if (list.length === 0) return null;
  return html`
    <div class="wide-table">
      <table class="figures">
        <caption>${title}</caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">${t("costs.name")}</span></th>
            <th scope="col">${t("costs.usd")}</th>
            <th scope="col">${t("costs.calls")}</th>
            <th scope="col">${t("costs.tokens")}</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            ({ key, name, usd, calls, prompt_tokens, completion_tokens }) => html`
              <tr key=${key}>
                <th scope="row">${name}</th>
                <td>${dollars(usd)}</td>
                <td>${plain(calls)}</td>
                <td>${plain(prompt_tokens + completion_tokens)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {string} purpose */
export function purposeText(purpose) {
  switch (purpose) {
    case "chat":
    case "answer":
      return t("purpose.chat");
    case "title":
      return t("purpose.title");
    case "summary":
      return t("purpose.summary");
    case "enrich":
      return t("purpose.enrich");
    case "tools":
      return t("purpose.tools");
    case "voice":
      return t("purpose.voice");
    default:
      return purpose;
  }
}
