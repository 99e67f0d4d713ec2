import { html } from "../html.js";
import { t } from "../i18n.js";
import { notifyTrouble, notifying, setNotifying } from "../notify.js";
import { motion, setMotion, setSingleKeys, setTextSize, singleKeys, textSize } from "../settings.js";
import { sheet } from "../sheet.js";
import { Choice, LanguageChoice, ThemeChoice } from "./choices.js";

/** How the page looks and behaves in this browser. */
export function Settings() {
  return html`
    <div class="settings">
      <${Row} name=${t("settings.language")}><${LanguageChoice} /><//>
      <${Row} name=${t("settings.theme")}><${ThemeChoice} /><//>
      <${Row} name=${t("settings.text")}><${TextSizeChoice} /><//>
      <${Row} name=${t("settings.motion")} why=${t("settings.motion.why")}><${MotionChoice} /><//>
      <${Notifications} />
      <${Row} name=${t("settings.keys")} why=${t("settings.keys.why")}>
        <${OnOff} label=${t("settings.keys")} on=${singleKeys.value} onChoose=${setSingleKeys} />
      <//>
      <p>
        ${t("settings.kept")}
        ${" "}<button class="link" type="button" onClick=${() => (sheet.value = "shortcuts")}>${t("keys.title")}</button>
      </p>
    </div>
  `;
}

/** @param {{ name: string, why?: string, children: unknown }} props */
function Row({ name, why, children }) {
  return html`
    <div class="setting">
      <div><b>${name}</b>${why && html`<small>${why}</small>`}</div>
      ${children}
    </div>
  `;
}

function Notifications() {
  const trouble = { "": "", blocked: t("notify.blocked"), unable: t("notify.unable") }[notifyTrouble.value];
  return html`
    <${Row} name=${t("settings.notify")} why=${t("settings.notify.why")}>
      <${OnOff} label=${t("settings.notify")} on=${notifying.value} onChoose=${setNotifying} />
    <//>
    <p class="setting-trouble" role="status">${trouble}</p>
  `;
}

/** @param {{ label: string, on: boolean, onChoose: (on: boolean) => void }} props */
function OnOff({ label, on, onChoose }) {
  return html`<${Choice}
    label=${label}
    value=${on ? "on" : "off"}
    options=${[
      { value: "off", text: t("settings.no"), name: t("settings.no") },
      { value: "on", text: t("settings.yes"), name: t("settings.yes") },
    ]}
    onChoose=${(/** @type {string} */ value) => onChoose(value === "on")}
  />`;
}

function TextSizeChoice() {
  return html`<${Choice}
    label=${t("settings.text")}
    value=${textSize.value}
    options=${[
      { value: "normal", text: t("text.normal"), name: t("text.normal") },
      { value: "large", text: t("text.large"), name: t("text.large") },
      { value: "larger", text: t("text.larger"), name: t("text.larger") },
    ]}
    onChoose=${setTextSize}
  />`;
}

function MotionChoice() {
  return html`<${Choice}
    label=${t("settings.motion")}
    value=${motion.value}
    options=${[
      { value: "auto", text: t("motion.auto"), name: t("motion.auto") },
      { value: "less", text: t("motion.less"), name: t("motion.less") },
    ]}
    onChoose=${setMotion}
  />`;
}
