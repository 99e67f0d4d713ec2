import { login } from "../account.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { expired, linkRefused, setupNeeded } from "../store.js";
import { Field, Form } from "./form.js";
import { Gate } from "./gate.js";

export function Login() {
  if (setupNeeded.value) {
    return html`
      <${Gate} title=${t("setup.title")} lead=${t("setup.where")}>
        <p class="hint-code"><code>${location.origin}/#setup=…</code></p>
      <//>
    `;
  }
  const send = (/** @type {FormData} */ data) =>
    login(String(data.get("email")), String(data.get("password")));
  const lead = expired.value ? t("login.expired") : linkRefused.value || t("login.lead");
  return html`
    <${Gate} title=${t("login.title")} urgent=${expired.value || linkRefused.value !== ""} lead=${lead}>
      <${Form} submit=${t("login.submit")} onSubmit=${send}>
        <${Field} name="email" type="email" label=${t("login.email")} autocomplete="username" autofocus />
        <${Field} name="password" type="password" label=${t("login.password")} autocomplete="current-password" />
      <//>
    <//>
  `;
}
