import { useEffect } from "preact/hooks";
import { createKey, holders, keys, moreKeys, revokeKey } from "../admin-users.js";
import { ask } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Once } from "./admin-once.js";
import { Facts } from "./facts.js";
import { EditField } from "./fields.js";
import { when } from "./figures.js";
import { PartForm } from "./part-form.js";
import { ReadPart } from "./read-part.js";

/** @import { ApiKey, ApiKeyPage } from "../wire" */

const NAMES = /** @type {const} */ (["label", "user_id"]);

/** The keys programs sign in with: whose, what for, and taking them back. */
export function AdminKeys() {
  useEffect(() => {
    void holders.read();
  }, []);
  const people = (holders.value.value?.users ?? []).filter((one) => !one.disabled_at);
  const options = people.map((one) => ({ value: one.id, text: `${one.name} (${one.email})` }));
  return html`
    <${Once} />
    <${PartForm}
      open=${t("key.create")}
      submit=${t("key.create.send")}
      leads=${true}
      names=${NAMES}
      save=${createKey}
      fields=${(/** @type {Record<string, string>} */ wrong) => html`
        <${EditField} name="label" label=${t("key.label")} hint=${t("key.label.hint")} error=${wrong.label} maxlength=${200} required />
        <${EditField} name="user_id" label=${t("key.whose")} hint=${t("key.whose.hint")} error=${wrong.user_id} value=${options[0]?.value} options=${options} />
      `}
    />
    <${ReadPart} title=${t("key.title")} reading=${keys} show=${shown} />
  `;
}

/** @param {ApiKeyPage} page */
function shown({ keys: list, next_cursor }) {
  if (list.length === 0) return html`<p class="note">${t("key.none")}</p>`;
  return html`
    <ul class="roll">${list.map((one) => html`<${Row} key=${one.id} of=${one} />`)}</ul>
    ${next_cursor && html`<button class="button" onClick=${moreKeys}>${t("session.more")}</button>`}
  `;
}

/** @param {{ of: ApiKey }} props */
function Row({ of }) {
  const { label, begins, name, email, created_at, revoked_at } = of;
  const title = label || t("key.unnamed");
  const revoke = async () => {
    const question = { title: t("key.revoke.ask", { label: title }), text: t("key.revoke.why"), confirm: t("key.revoke"), danger: true };
    if ((await ask(question)) !== null) await revokeKey(of);
  };
  return html`
    <li class=${revoked_at ? "resting" : ""}>
      <div>
        <h3>${title}</h3>
        <p class="fine"><code>${begins}…</code></p>
        ${revoked_at && html`<p class="tags"><span class="tag off">${t("key.revoked")}</span></p>`}
      </div>
      <${Facts}
        list=${[
          { name: t("key.whose"), value: `${name} (${email})` },
          { name: t("key.created"), value: when(created_at) },
          { name: t("key.revoked.at"), value: revoked_at && when(revoked_at) },
        ]}
      />
      <div class="row-buttons">
        ${!revoked_at &&
        html`<button class="button small" aria-label=${t("key.revoke.of", { label: `${title}, ${begins}` })} onClick=${revoke}>${t("key.revoke")}</button>`}
      </div>
    </li>
  `;
}
