import { useEffect } from "preact/hooks";
import { lastExtract } from "../catalog.js";
import { brought } from "../catalog-import.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { goesOn, readShownRuns } from "../runs.js";
import { Bring } from "./catalog-bring.js";
import { Busy } from "./catalog-busy.js";
import { Enrich } from "./catalog-enrich.js";
import { Items } from "./catalog-items.js";
import { Preview } from "./catalog-preview.js";
import { Rejects } from "./catalog-rejects.js";
import { SideToggle } from "./side-toggle.js";

/** The room of the catalogue: files are brought in, made into products, and these are completed, changed, taken away. */
export function Catalog() {
  useEffect(readShownRuns, []);
  const last = lastExtract();
  return html`
    <main id="catalog" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("catalog.title")}</h1></header>
      <div class="scroller">
        <div class="room-page">
          <${Busy} />
          <section aria-label=${t("bring.title")}>
            <h2>${t("bring.title")}</h2>
            ${brought.value ? html`<${Preview} key=${brought.value.import_id} made=${brought.value} />` : html`<${Bring} />`}
          </section>
          ${last && !goesOn(last) && html`<${Rejects} key=${last.id} runId=${last.id} />`}
          <${Enrich} />
          <${Items} />
        </div>
      </div>
    </main>
  `;
}
