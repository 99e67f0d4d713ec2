import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { EditField } from "./fields.js";
import { fieldText, optionsOf } from "./record-words.js";

/** @import { Editable } from "../confirm-fields.js" */
/** @import { Wrongs } from "../field-errors.js" */
/** @import { Change } from "../wire" */

/**
 * The values of what Léa asks, to be changed before they are approved. They are no form: Enter approves nothing here.
 * @param {{ fields: Editable[], facts: Change[], written: import("@preact/signals").Signal<Record<string, string>>, wrongs: Wrongs }} props
 */
export function ConfirmFields({ fields, facts, written, wrongs }) {
  const group = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const first = group.current?.querySelector("input, select");
    if (first instanceof HTMLElement) first.focus();
  }, []);
  return html`
    <div ref=${group} class="fields" role="group" aria-label=${t("confirm.values")}>
      ${fields.map(
        ({ name, title, kind, choices, value }) => html`
          <${EditField}
            key=${name}
            name=${name}
            label=${labelOf(name, title, facts)}
            value=${written.value[name] ?? value}
            options=${kind === "choice" ? optionsOf(name, choices) : undefined}
            inputmode=${kind === "number" ? "decimal" : undefined}
            error=${wrongs.fields[name]}
            onValue=${(/** @type {string} */ text) => (written.value = { ...written.value, [name]: text })}
          />
        `,
      )}
    </div>
  `;
}

/**
 * @param {string} name
 * @param {string} title
 * @param {Change[]} facts
 */
function labelOf(name, title, facts) {
  const known = fieldText(name);
  if (known !== name) return known;
  return facts.find((fact) => fact.name === name)?.label || title;
}
