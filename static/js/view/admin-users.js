import { useEffect, useRef } from "preact/hooks";
import { changeUser, invite, moreUsers, newLink, setDisabled, users, words } from "../admin-users.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { me } from "../store.js";
import { Once } from "./admin-once.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { plain, when } from "./figures.js";
import { PartForm } from "./part-form.js";
import { ReadPart } from "./read-part.js";

/** @import { User, UserPage } from "../wire" */

const PAUSE_MS = 250;
const NEW = /** @type {const} */ (["name", "email", "role", "language"]);
const KNOWN = /** @type {const} */ (["name", "role", "language"]);

/** Who may sign in: everybody of the company, and what an administrator does about them. */
export function AdminUsers() {
  const q = words.value;
  const read = useRef("");
  useEffect(() => {
    if (q.trim() === read.current) return;
    const timer = setTimeout(() => {
      read.current = q.trim();
      void users.read();
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [q.trim()]);
  return html`
    <${Once} />
    <${PartForm}
      open=${t("people.invite")}
      submit=${t("people.invite.send")}
      leads=${true}
      names=${NEW}
      save=${invite}
      fields=${(/** @type {Record<string, string>} */ wrong) => html`
        <${EditField} name="name" label=${t("people.name")} error=${wrong.name} maxlength=${200} required />
        <${EditField} name="email" type="email" label=${t("people.email")} error=${wrong.email} maxlength=${254} required />
        <${Choices} role="member" language=${language.value} wrong=${wrong} />
      `}
    />
    <form class="filters" role="search" aria-label=${t("people.search")} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <${EditField} name="q" type="search" maxlength=${200} label=${t("people.words")} value=${q} onValue=${(/** @type {string} */ value) => (words.value = value)} />
    </form>
    <${ReadPart} title=${t("people.title")} reading=${users} show=${shown} />
  `;
}

/** @param {UserPage} page */
function shown({ users: list, next_cursor }) {
  if (list.length === 0) return html`<p class="note">${t("people.none")}</p>`;
  return html`
    <ul class="roll">${list.map((one) => html`<${Row} key=${one.id} user=${one} />`)}</ul>
    ${next_cursor && html`<button class="button" onClick=${moreUsers}>${t("session.more")}</button>`}
  `;
}

/** @param {{ user: User }} props */
function Row({ user }) {
  const { id, name, email, role, last_seen, created_at, keys, disabled_at, invited } = user;
  const self = id === me.value?.user_id;
  const edit = (/** @type {Record<string, string>} */ given) => changeUser(user, given);
  return html`
    <li class=${disabled_at ? "resting" : ""}>
      <div>
        <h3>${name}</h3>
        <p class="fine">${email}</p>
        <p class="tags">
          ${role === "admin" && html`<span class="tag">${t("people.role.admin")}</span>`}
          ${invited && !disabled_at && html`<span class="tag waiting">${t("people.invited")}</span>`}
          ${disabled_at && html`<span class="tag off">${t("people.disabled")}</span>`}
          ${self && html`<span class="tag">${t("people.you")}</span>`}
        </p>
      </div>
      <${Facts}
        list=${[
          { name: t("people.seen"), value: last_seen === null ? t("people.never") : when(last_seen) },
          { name: t("people.created"), value: when(created_at) },
          { name: t("people.keys"), value: plain(keys) },
          { name: t("people.disabled.at"), value: disabled_at && when(disabled_at) },
        ]}
      />
      <div class="row-buttons">
        <${PartForm}
          open=${t("people.edit")}
          label=${t("people.edit.of", { name })}
          submit=${t("action.save")}
          names=${KNOWN}
          save=${edit}
          fields=${(/** @type {Record<string, string>} */ wrong) => html`
            <${EditField} name="name" label=${t("people.name")} value=${name} error=${wrong.name} maxlength=${200} required />
            <${Choices} role=${role} language=${user.language} wrong=${wrong} />
          `}
        />
        ${!disabled_at &&
        html`<button class="button small" aria-label=${t("people.link.of", { name })} onClick=${() => newLink(user)}>${t("people.link")}</button>`}
        ${!self && html`<${Switch} user=${user} />`}
      </div>
    </li>
  `;
}

/** @param {{ user: User }} props */
function Switch({ user }) {
  const { name, disabled_at } = user;
  const disable = async () => {
    const question = { title: t("people.disable.ask", { name }), text: t("people.disable.why"), confirm: t("people.disable"), danger: true };
    if ((await ask(question)) !== null) await setDisabled(user, true);
  };
  return disabled_at
    ? html`<button class="button small" aria-label=${t("people.enable.of", { name })} onClick=${() => setDisabled(user, false)}>${t("people.enable")}</button>`
    : html`<button class="button small" aria-label=${t("people.disable.of", { name })} onClick=${disable}>${t("people.disable")}</button>`;
}

/** @param {{ role: string, language: string, wrong: Record<string, string> }} props */
function Choices({ role, language, wrong }) {
  return html`
    <${EditField}
      name="role"
      label=${t("people.role")}
      value=${role}
      error=${wrong.role}
      hint=${t("people.role.hint")}
      options=${[
        { value: "member", text: t("people.role.member") },
        { value: "admin", text: t("people.role.admin") },
      ]}
    />
    <${EditField}
      name="language"
      label=${t("people.language")}
      value=${language}
      error=${wrong.language}
      options=${[
        { value: "fr", text: "Français" },
        { value: "en", text: "English" },
      ]}
    />
  `;
}
