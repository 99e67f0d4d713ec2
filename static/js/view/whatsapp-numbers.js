import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { holders } from "../admin-users.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { linkNumber, numbers, unlinkNumber } from "../whatsapp.js";
import { attempt } from "./attempt.js";
import { EditField } from "./fields.js";
import { PartForm } from "./part-form.js";
import { ReadPart } from "./read-part.js";
import { Laid } from "./whatsapp-sheet.js";

/** @import { WhatsAppNumber } from "../wire" */

const NAMES = /** @type {const} */ (["number", "user_id"]);

/** Whose number is whose. @param {{ close: () => void }} props */
export function Numbers({ close }) {
  const chosen = useSignal("");
  useEffect(() => void holders.read(), []);
  const people = (holders.value.value?.users ?? [])
    .filter((one) => !one.disabled_at)
    .map(({ id, name, email }) => ({ value: id, text: `${name} (${email})` }));
  const fields = (/** @type {Record<string, string>} */ wrong) => html`
    <${EditField} name="number" type="tel" label=${t("wa.number")} hint=${t("wa.number.hint")} error=${wrong.number} maxlength=${40} required />
    <${EditField} name="user_id" label=${t("wa.number.whose")} value=${chosen.value || people[0]?.value || ""} options=${people} error=${wrong.user_id} onValue=${(/** @type {string} */ id) => (chosen.value = id)} />
  `;
  return html`
    <${Laid} title=${t("wa.numbers")} close=${close}>
      <p class="fine">${t("wa.numbers.why")}</p>
      <${PartForm} open=${t("wa.link")} submit=${t("wa.link.do")} names=${NAMES} fields=${fields} save=${linkNumber} />
      <${ReadPart} title=${t("wa.linked")} reading=${numbers} show=${shown} />
    <//>
  `;
}

/** @param {{ numbers: WhatsAppNumber[] }} read */
function shown({ numbers: all }) {
  if (all.length === 0) return html`<p class="note">${t("wa.linked.none")}</p>`;
  return html`<ul class="rows">${all.map((one) => html`<${Row} key=${one.number} one=${one} />`)}</ul>`;
}

/** @param {{ one: WhatsAppNumber }} props */
function Row({ one }) {
  const unlink = async () => {
    const question = { title: t("wa.unlink.sure", { number: one.number }), text: t("wa.unlink.why", { name: one.name }), confirm: t("wa.unlink"), danger: true };
    if ((await ask(question)) !== null) await attempt(() => unlinkNumber(one));
  };
  return html`
    <li class="number-row">
      <span><b>${one.name}</b> <span class="talk-number">${one.number}</span></span>
      <button class="button small" aria-label=${t("wa.unlink.of", { number: one.number })} onClick=${unlink}>${t("wa.unlink")}</button>
    </li>
  `;
}
