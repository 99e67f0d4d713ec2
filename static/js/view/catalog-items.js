import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { exportPath, items, moreItems, words } from "../catalog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { ItemEdit } from "./catalog-edit.js";
import { itemText } from "./catalog-words.js";
import { EditField } from "./fields.js";
import { plain } from "./figures.js";
import { Icon } from "./icons.js";
import { priceOf } from "./run-words.js";

/** @import { Item } from "../wire" */

const PAUSE_MS = 200;
const COLUMNS = /** @type {const} */ (["reference", "name", "category", "dimensions", "price"]);

/** The company's products: looked for, changed, taken away as a file. */
export function Items() {
  const q = words.value;
  const read = useRef("");
  useEffect(() => {
    const wait = q.trim() === read.current ? 0 : PAUSE_MS;
    read.current = q.trim();
    const timer = setTimeout(() => void items.read(), wait);
    return () => clearTimeout(timer);
  }, [q.trim()]);
  const submit = (/** @type {Event} */ event) => event.preventDefault();
  return html`
    <section aria-label=${t("item.title")}>
      <div class="part-head">
        <h2>${t("item.title")}</h2>
        <span class="row-links">
          <a class="button small" href=${exportPath("csv")} download aria-label=${t("item.export.csv")}><${Icon} name="download" />CSV</a>
          <a class="button small" href=${exportPath("xlsx")} download aria-label=${t("item.export.xlsx")}><${Icon} name="download" />XLSX</a>
        </span>
      </div>
      <form class="filters" role="search" aria-label=${t("item.search")} onSubmit=${submit}>
        <${EditField} name="q" type="search" maxlength=${200} label=${t("item.words")} value=${q} onValue=${(/** @type {string} */ value) => (words.value = value)} />
      </form>
      <${Found} />
    </section>
  `;
}

function Found() {
  const found = items.value.value;
  const failed = items.state.value === "failed";
  const editing = useSignal("");
  const none = words.value.trim() ? t("item.none") : t("item.empty");
  return html`
    <p class="fine" role="status">${failed ? t("admin.failed") : found && (found.total > 0 ? t("item.count", { n: found.total }) : none)}</p>
    ${failed && html`<button class="button small" onClick=${() => items.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
    ${found &&
    found.items.length > 0 &&
    html`<table class="items" role="table" aria-label=${t("item.title")} aria-busy=${String(items.state.value === "loading")}>
      <thead role="rowgroup">
        <tr role="row">
          ${COLUMNS.map((name) => html`<th key=${name} role="columnheader" scope="col" class=${`item-${name}`}>${itemText(name)}</th>`)}
          <th role="columnheader" scope="col"><span class="unseen">${t("record.edit")}</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${found.items.map((item) => html`<${Row} key=${item.id} item=${item} editing=${editing} />`)}
      </tbody>
    </table>`}
    ${found?.next_cursor && html`<button class="button" onClick=${moreItems}>${t("session.more")}</button>`}
  `;
}

/** @param {{ item: Item, editing: import("@preact/signals").Signal<string> }} props */
function Row({ item, editing }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const open = editing.value === item.id;
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !open && editing.peek() === "") button.current?.focus();
    was.current = open;
  }, [open]);
  if (open) {
    const close = () => {
      editing.value = "";
    };
    return html`<tr role="row" class="editing"><td role="cell" colspan="6"><${ItemEdit} item=${item} close=${close} /></td></tr>`;
  }
  const { reference, name, category, dimensions, price, currency, material, colour, description } = item;
  return html`
    <tr role="row">
      <th role="rowheader" scope="row" class="item-reference">${reference}</th>
      <td role="cell" class="item-name">
        ${name}<small>${[material, colour].filter(Boolean).join(" · ")}</small>
        ${description && html`<small class="item-description">${description}</small>`}<${Enriched} item=${item} />
      </td>
      <td role="cell" class="item-category">${category}</td>
      <td role="cell" class="item-dimensions">${dimensions}</td>
      <td role="cell" class="item-price">${priceOf(price, currency)}</td>
      <td role="cell" class="item-edit">
        <button ref=${button} class="icon-button" aria-label=${t("item.edit", { name: reference })} title=${t("record.edit")} onClick=${() => (editing.value = item.id)}><${Icon} name="edit" /></button>
      </td>
    </tr>
  `;
}

/** Who completed it, and how sure that is. @param {{ item: Item }} props */
function Enriched({ item: { enriched_by, confidence } }) {
  if (!enriched_by) return null;
  const who = enriched_by === "rules" ? t("item.by.rules") : enriched_by;
  const sure = confidence === null ? "" : t("item.sure", { share: plain(Math.round(confidence * 100)) });
  return html`<small><span class="tag">${[who, sure].filter(Boolean).join(" · ")}</span></small>`;
}
