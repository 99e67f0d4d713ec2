import { html } from "../html.js";
import { t } from "../i18n.js";
import { fileName } from "../rooms.js";
import { SideToggle } from "./side-toggle.js";
import { TransactionFile } from "./transaction-file.js";
import { TransactionList } from "./transaction-list.js";
import { TransactionNew } from "./transaction-new.js";

/** The room of transactions: all of them, one of them, or one that is being written. */
export function Transactions() {
  const name = fileName.value;
  return html`
    <main id="transactions" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("transactions.title")}</h1></header>
      <div class="scroller" key=${name}><div class="room-page"><${Part} name=${name} /></div></div>
    </main>
  `;
}

/** @param {{ name: string }} props */
function Part({ name }) {
  if (name === "new") return html`<${TransactionNew} />`;
  return name ? html`<${TransactionFile} key=${name} name=${name} />` : html`<${TransactionList} />`;
}
