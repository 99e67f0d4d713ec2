import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { add, remove } from "../transactions.js";
import { attempt } from "./attempt.js";
import { EditField } from "./fields.js";
import { when } from "./figures.js";
import { Icon } from "./icons.js";
import { PartForm } from "./part-form.js";

/** @import { Note } from "../wire" */

/** @param {{ notes: Note[] }} props what was written down, newest first */
export function TransactionNotes({ notes }) {
  return html`
    <section aria-label=${t("note.title")}>
      <h3>${t("note.title")}</h3>
      <${PartForm} open=${t("note.add")} submit=${t("note.add")} names=${["text"]} save=${(/** @type {Record<string, string>} */ given) => add("notes", { text: given.text ?? "" })} fields=${fields} />
      ${notes.length === 0
        ? html`<p class="note">${t("note.none")}</p>`
        : html`<ul class="rows">${notes.map((one) => html`<${Row} key=${one.id} note=${one} />`)}</ul>`}
    </section>
  `;
}

/** @param {{ note: Note }} props */
function Row({ note }) {
  const { id, text, author, created_at } = note;
  const takeOut = async () => {
    const sure = await ask({ title: t("note.remove.sure"), text: text.slice(0, 200), confirm: t("note.remove"), danger: true });
    if (sure !== null) await attempt(() => remove("notes", id));
  };
  return html`
    <li>
      <span class="row-text">
        <span class="note-text">${text}</span>
        <small>${t("receipt.by.at", { name: author, at: when(created_at) })}</small>
      </span>
      <button class="icon-button" aria-label=${t("note.remove.of", { name: author, at: when(created_at) })} title=${t("note.remove")} onClick=${takeOut}>
        <${Icon} name="trash" />
      </button>
    </li>
  `;
}

/** @param {Record<string, string>} wrong */
function fields(wrong) {
  return html`<${EditField} name="text" label=${t("note.text")} rows=${4} error=${wrong.text} maxlength=${4000} />`;
}
