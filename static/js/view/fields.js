import { useId } from "preact/hooks";
import { html } from "../html.js";

/** @import { VNode } from "../html.js" */

/**
 * One labelled value to write or choose, with what is wrong about it.
 * @typedef {object} FieldProps
 * @property {string} name
 * @property {string} label
 * @property {string} [value]
 * @property {string | undefined} [error]
 * @property {string} [hint]
 * @property {{ value: string, text: string }[]} [options] to choose from
 * @property {number} [rows] of a longer text
 * @property {string} [type]
 * @property {string} [inputmode]
 * @property {string} [autocomplete]
 * @property {boolean} [required]
 * @property {number} [maxlength]
 * @property {(value: string) => void} [onValue]
 */

/**
 * @param {FieldProps} props
 * @returns {VNode}
 */
export function EditField({ name, label, value, error, hint, options, rows, onValue, ...rest }) {
  const id = useId();
  const described = [error && `${id}-wrong`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  const common = {
    id,
    name,
    "aria-invalid": error ? "true" : undefined,
    "aria-describedby": described,
    onInput: onValue && ((/** @type {{ currentTarget: HTMLInputElement }} */ event) => onValue(event.currentTarget.value)),
    ...rest,
  };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <${Control} common=${common} value=${value} held=${onValue !== undefined} options=${options} rows=${rows} />
      ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}
      ${error && html`<small id=${`${id}-wrong`} class="wrong">${error}</small>`}
    </div>
  `;
}

/**
 * Who is not told of each change (`held`) leaves the field to the person: drawn anew, it keeps what was typed.
 * @param {{ common: Record<string, unknown>, value?: string, held: boolean, options?: FieldProps["options"], rows?: number }} props
 */
function Control({ common, value, held, options, rows }) {
  const given = held ? { value } : { defaultValue: value };
  if (options) {
    return html`<select ...${common} ...${held ? given : {}}>
      ${options.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === value}>${one.text}</option>`)}
    </select>`;
  }
  if (rows) return html`<textarea ...${common} rows=${rows} ...${given}></textarea>`;
  return html`<input type="text" autocomplete="off" ...${common} ...${given} />`;
}

/**
 * The focus goes to the first field that is wrong.
 * @param {HTMLElement | null} form
 */
export function toFirstWrong(form) {
  requestAnimationFrame(() => {
    const wrong = form?.querySelector("[aria-invalid=true]");
    if (wrong instanceof HTMLElement) wrong.focus();
  });
}
