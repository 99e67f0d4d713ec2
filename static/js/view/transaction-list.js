import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { filters, listing, moreTransactions } from "../transactions.js";
import { EditField } from "./fields.js";
import { Icon } from "./icons.js";
import { KINDS, STAGES, optionsOf, priceText, valueText } from "./record-words.js";

/** @import { Transaction } from "../wire" */

const PAUSE_MS = 200;

/** All transactions, or those that fit; the last changed first. */
export function TransactionList() {
  const { q, kind, stage } = filters.value;
  const read = useRef("");
  useEffect(() => {
    // What is chosen counts at once, what is written when the writing pauses.
    const wait = q.trim() === read.current ? 0 : PAUSE_MS;
    read.current = q.trim();
    const timer = setTimeout(() => void listing.read(), wait);
    return () => clearTimeout(timer);
  }, [q.trim(), kind, stage]);
  return html`
    <div class="part-head">
      <h2>${t("transactions.all")}</h2>
      <a class="button primary" href="#/transactions/new"><${Icon} name="pen" />${t("transactions.new")}</a>
    </div>
    <${Filters} />
    <${Found} />
  `;
}

function Filters() {
  const { q, kind, stage } = filters.value;
  const set = (/** @type {Partial<typeof filters.value>} */ some) => {
    filters.value = { ...filters.value, ...some };
  };
  const any = { value: "", text: t("transactions.any") };
  return html`
    <form class="filters" role="search" aria-label=${t("transactions.search")} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <${EditField} name="q" type="search" maxlength=${200} label=${t("transactions.words")} value=${q} onValue=${(/** @type {string} */ value) => set({ q: value })} />
      <${EditField} name="kind" label=${t("record.kind")} value=${kind} options=${[any, ...optionsOf("kind", KINDS)]} onValue=${(/** @type {string} */ value) => set({ kind: value })} />
      <${EditField} name="stage" label=${t("record.stage")} value=${stage} options=${[any, ...optionsOf("stage", STAGES)]} onValue=${(/** @type {string} */ value) => set({ stage: value })} />
    </form>
  `;
}

function Found() {
  const found = listing.value.value;
  const failed = listing.state.value === "failed";
  return html`
    <p class="fine" role="status">
      ${failed ? t("admin.failed") : found && (found.total > 0 ? t("transactions.count", { n: found.total }) : t("transactions.none"))}
    </p>
    ${failed && html`<button class="button small" onClick=${() => listing.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
    ${found &&
    html`<ul class="files" aria-busy=${String(listing.state.value === "loading")}>
      ${found.transactions.map((one) => html`<${Row} key=${one.id} file=${one} />`)}
    </ul>`}
    ${found?.next_cursor && html`<button class="button" onClick=${moreTransactions}>${t("session.more")}</button>`}
  `;
}

/** @param {{ file: Transaction }} props */
function Row({ file }) {
  const people = file.parties.map(({ role, name }) => `${valueText("role", role)} ${name}`).join(" · ");
  return html`
    <li>
      <a class="file" href=${`#/transactions/${encodeURIComponent(file.reference)}`}>
        <b class="file-reference">${file.reference}</b>
        <span class="file-address">${file.address}</span>
        <span class="file-price">${priceText(file)}</span>
        <span class="file-kind">${valueText("kind", file.kind)} <span class="tag">${valueText("stage", file.stage)}</span></span>
        ${people && html`<span class="file-people">${people}</span>`}
      </a>
    </li>
  `;
}
