import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { changeProfile, profile } from "../whatsapp.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { PartForm } from "./part-form.js";
import { ReadPart } from "./read-part.js";
import { Laid } from "./whatsapp-sheet.js";

/** @import { WhatsAppProfile } from "../wire" */

const NAMES = /** @type {const} */ (["about", "description"]);

/** What people see of the number in WhatsApp. @param {{ close: () => void }} props */
export function Profile({ close }) {
  return html`
    <${Laid} title=${t("wa.profile.title")} close=${close}>
      <p class="fine">${t("wa.profile.why")}</p>
      <${ReadPart} title=${t("wa.profile")} reading=${profile} show=${(/** @type {WhatsAppProfile} */ found) => html`<${Shown} found=${found} />`} />
    <//>
  `;
}

/** @param {{ found: WhatsAppProfile }} props */
function Shown({ found }) {
  const { about, description } = found;
  // What was written outlives a refusal, which draws the form anew.
  const written = useSignal(found);
  useEffect(() => {
    written.value = { about, description };
  }, [about, description]);
  const write = (/** @type {Partial<WhatsAppProfile>} */ some) => (written.value = { ...written.value, ...some });
  const fields = (/** @type {Record<string, string>} */ wrong) => html`
    <${EditField} name="about" label=${t("wa.about")} value=${written.value.about} error=${wrong.about} maxlength=${139} required onValue=${(/** @type {string} */ value) => write({ about: value })} />
    <${EditField} name="description" label=${t("wa.description")} value=${written.value.description} error=${wrong.description} rows=${4} maxlength=${512} onValue=${(/** @type {string} */ value) => write({ description: value })} />
  `;
  const list = [
    { name: t("wa.about"), value: about || t("wa.empty") },
    { name: t("wa.description"), value: description || t("wa.empty") },
  ];
  return html`
    <${Facts} list=${list} />
    <${PartForm} open=${t("wa.profile.edit")} submit=${t("action.save")} names=${NAMES} fields=${fields} save=${changeProfile} />
  `;
}
