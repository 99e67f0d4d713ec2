import { html } from "../html.js";
import { language as spoken, t } from "../i18n.js";
import { add } from "../transactions.js";
import { EditField } from "./fields.js";
import { when } from "./figures.js";
import { Icon } from "./icons.js";
import { PartForm } from "./part-form.js";
import { TEMPLATES, fieldText, optionsOf, valueText } from "./record-words.js";

/** @import { MadeForm } from "../wire" */

/** @param {{ forms: MadeForm[] }} props papers that were filled with what the transaction knew then */
export function TransactionForms({ forms }) {
  return html`
    <section aria-label=${t("form.title")}>
      <h3>${t("form.title")}</h3>
      <${PartForm} open=${t("form.make")} submit=${t("form.make")} names=${["template", "language"]} save=${(/** @type {Record<string, string>} */ given) => add("forms", given)} fields=${fields} />
      ${forms.length === 0
        ? html`<p class="note">${t("form.none")}</p>`
        : html`<ul class="rows">${forms.map((one) => html`<${Row} key=${one.id} form=${one} />`)}</ul>`}
    </section>
  `;
}

/** @param {{ form: MadeForm }} props */
function Row({ form }) {
  const { id, template, language, missing, created_at } = form;
  const path = `/v1/forms/${encodeURIComponent(id)}`;
  const name = valueText("template", template);
  const at = when(created_at);
  return html`
    <li>
      <span class="row-text">
        <b>${name}</b> <small>${language.toUpperCase()} · ${at}</small>
        ${missing.length > 0 && html`<span class="missing">${t("form.missing", { what: missing.map(fieldText).join(", ") })}</span>`}
      </span>
      <span class="row-links">
        <a class="button small" href=${`${path}?format=html`} target="_blank" rel="noopener" aria-label=${t("form.open.name", { name, at })}>
          ${t("form.open")}
        </a>
        <a class="button small" href=${`${path}?format=pdf`} download aria-label=${t("form.pdf.name", { name, at })}>
          <${Icon} name="download" />PDF
        </a>
      </span>
    </li>
  `;
}

/** @param {Record<string, string>} wrong */
function fields(wrong) {
  const languages = [
    { value: "fr", text: "Français" },
    { value: "en", text: "English" },
  ];
  return html`
    <${EditField} name="template" label=${t("form.template")} options=${optionsOf("template", TEMPLATES)} error=${wrong.template} />
    <${EditField} name="language" label=${t("settings.language")} value=${spoken.value} options=${languages} error=${wrong.language} />
  `;
}
