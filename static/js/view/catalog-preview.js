import { useEffect, useRef } from "preact/hooks";
import { extract, forgetImport, map, mapping, sameMapping } from "../catalog-import.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Begin } from "./catalog-busy.js";
import { detailText } from "./catalog-rejects.js";
import { FIELDS, itemText } from "./catalog-words.js";
import { EditField } from "./fields.js";
import { bytes, plain } from "./figures.js";
import { Icon } from "./icons.js";
import { priceOf } from "./run-words.js";

/** @import { Import, Sampled } from "../wire" */

/** What would be made of a file, before anything is: its columns, which can be corrected, and its first rows. @param {{ made: Import }} props */
export function Preview({ made }) {
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => title.current?.focus(), []);
  const chosen = mapping.value;
  const corrected = !sameMapping(made.mapping, chosen);
  const options = [{ value: "", text: t("bring.column.none") }, ...made.columns.map((name) => ({ value: name, text: name }))];
  const taken = new Set(Object.values(chosen));
  const left = made.columns.filter((name) => !taken.has(name));
  return html`
    <p ref=${title} class="preview-title" tabindex="-1">
      <b>${made.name}</b> <span class="fine">${bytes(made.bytes)} · ${t("bring.rows", { n: made.rows_seen })} · ${t("bring.sure", { share: plain(Math.round(made.confidence * 100)) })}</span>
    </p>
    <h3>${t("bring.mapping")}</h3>
    <div class="fields mapping">
      ${FIELDS.map(
        (field) => html`<${EditField} key=${field} name=${field} label=${itemText(field)} value=${chosen[field] ?? ""} options=${options} onValue=${(/** @type {string} */ column) => map(field, column)} />`,
      )}
    </div>
    ${left.length > 0 && html`<p class="fine">${t("bring.left", { what: left.join(", ") })}</p>`}
    <h3>${t("bring.sample")}</h3>
    ${corrected && html`<p class="fine">${t("bring.sample.guess")}</p>`}
    <ul class="rows sample">${made.sample.map((one, place) => html`<${Sample} key=${place} one=${one} />`)}</ul>
    <div class="form-buttons">
      <${Begin} begin=${begin} text=${t("bring.extract")} primary />
      <button class="button" onClick=${forgetImport}><${Icon} name="close" />${t("bring.other")}</button>
    </div>
  `;
}

async function begin() {
  const run = await extract();
  forgetImport();
  return run;
}

/** @param {{ one: Sampled }} props */
function Sample({ one }) {
  const { line, reference, name, price, currency, category, dimensions, message } = one;
  const detail = detailText(one);
  const at = line !== null && html`<small>${t("reject.line", { line })}</small>`;
  if (message) {
    return html`<li class="rejected"><span class="row-text"><span class="tag rejected">${t("bring.rejected")}</span> ${at} <span>${message} ${detail && html`<small>${detail}</small>`}</span></span></li>`;
  }
  return html`
    <li>
      <span class="row-text"><b>${reference}</b> <span>${name}</span> ${at}<small>${[category, dimensions].filter(Boolean).join(" · ")}</small></span>
      <span class="file-price">${priceOf(price, currency)}</span>
    </li>
  `;
}
