import { choosePassword } from "../account.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Field, Form } from "./form.js";
import { Gate } from "./gate.js";

/** Where a link of an administrator leads: one chooses a password, and is signed in. */
export function Password() {
  const send = (/** @type {FormData} */ data) => choosePassword(String(data.get("password")));
  return html`
    <${Gate} title=${t("password.title")} lead=${t("password.lead")}>
      <${Form} submit=${t("password.submit")} onSubmit=${send}>
        <${Field}
          name="password"
          type="password"
          label=${t("login.password")}
          hint=${t("setup.password")}
          minlength=${10}
          maxlength=${200}
          autocomplete="new-password"
          autofocus
        />
      <//>
    <//>
  `;
}
