import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { add, remove } from "../transactions.js";
import { attempt } from "./attempt.js";
import { EditField } from "./fields.js";
import { Icon } from "./icons.js";
import { PartForm } from "./part-form.js";
import { ROLES, optionsOf, valueText } from "./record-words.js";

/** @import { Party } from "../wire" */

const NAMES = /** @type {const} */ (["role", "name", "email", "phone"]);

/** @param {{ parties: Party[] }} props the people of a transaction */
export function TransactionParties({ parties }) {
  return html`
    <section aria-label=${t("party.title")}>
      <h3>${t("party.title")}</h3>
      ${parties.length === 0
        ? html`<p class="note">${t("party.none")}</p>`
        : html`<ul class="rows">${parties.map((one) => html`<${Row} key=${one.id} party=${one} />`)}</ul>`}
      <${PartForm} open=${t("party.add")} submit=${t("party.add")} names=${NAMES} save=${(/** @type {Record<string, string>} */ given) => add("parties", given)} fields=${fields} />
    </section>
  `;
}

/** @param {{ party: Party }} props */
function Row({ party }) {
  const { id, role, name, email, phone } = party;
  const takeOut = async () => {
    const sure = await ask({ title: t("party.remove.sure"), text: name, confirm: t("party.remove"), danger: true });
    if (sure !== null) await attempt(() => remove("parties", id));
  };
  return html`
    <li>
      <span class="row-text">
        <small>${valueText("role", role)}</small> <b>${name}</b>
        ${phone && html` <a href=${`tel:${phone.replace(/[^0-9+]/g, "")}`}>${phone}</a>`}
        ${email && html` <a href=${`mailto:${email}`}>${email}</a>`}
      </span>
      <button class="icon-button" aria-label=${t("party.remove.name", { name })} title=${t("party.remove")} onClick=${takeOut}>
        <${Icon} name="trash" />
      </button>
    </li>
  `;
}

/** @param {Record<string, string>} wrong */
function fields(wrong) {
  return html`
    <${EditField} name="role" label=${t("party.role")} options=${optionsOf("role", ROLES)} error=${wrong.role} />
    <${EditField} name="name" label=${t("party.name")} error=${wrong.name} required maxlength=${200} />
    <${EditField} name="phone" type="tel" label=${t("party.phone")} error=${wrong.phone} />
    <${EditField} name="email" type="email" label=${t("party.email")} error=${wrong.email} />
  `;
}
