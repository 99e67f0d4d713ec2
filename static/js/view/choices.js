import { html } from "../html.js";
import { language, setLanguage, t } from "../i18n.js";
import { setTheme, theme } from "../theme.js";

/** @import { VNode } from "../html.js" */

/**
 * A row of two or three choices, one of them taken.
 * @template {string} T
 * @param {{ label: string, value: T, options: { value: T, text: string, name: string }[], onChoose: (value: T) => void }} props
 * @returns {VNode}
 */
export function Choice({ label, value, options, onChoose }) {
  return html`
    <div class="choice" role="group" aria-label=${label}>
      ${options.map(
        (one) => html`
          <button
            type="button"
            key=${one.value}
            aria-pressed=${String(one.value === value)}
            aria-label=${one.name}
            onClick=${() => onChoose(one.value)}
          >
            ${one.text}
          </button>
        `,
      )}
    </div>
  `;
}

export function LanguageChoice() {
  return html`<${Choice}
    label=${t("settings.language")}
    value=${language.value}
    options=${[
      { value: "fr", text: "FR", name: "FR, Français" },
      { value: "en", text: "EN", name: "EN, English" },
    ]}
    onChoose=${setLanguage}
  />`;
}

export function ThemeChoice() {
  return html`<${Choice}
    label=${t("settings.theme")}
    value=${theme.value}
    options=${[
      { value: "auto", text: t("theme.auto"), name: t("theme.auto") },
      { value: "light", text: t("theme.light"), name: t("theme.light") },
      { value: "dark", text: t("theme.dark"), name: t("theme.dark") },
    ]}
    onChoose=${setTheme}
  />`;
}
