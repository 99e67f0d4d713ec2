import { useSignal } from "@preact/signals";
import { enrich } from "../catalog-import.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Begin } from "./catalog-busy.js";

/** Lets Léa complete the products. */
export function Enrich() {
  const again = useSignal(false);
  const turn = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => {
    again.value = event.currentTarget.checked;
  };
  return html`
    <section aria-label=${t("enrich.title")}>
      <h2>${t("enrich.title")}</h2>
      <p class="fine">${t("enrich.note")}</p>
      <label class="check"><input type="checkbox" checked=${again.value} onChange=${turn} /><span>${t("enrich.again")}</span></label>
      <div class="form-buttons"><${Begin} begin=${() => enrich(again.peek())} text=${t("enrich.begin")} /></div>
    </section>
  `;
}
