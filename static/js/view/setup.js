import { createFirstAccount } from "../account.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Field, Form } from "./form.js";
import { Gate } from "./gate.js";

export function Setup() {
  const send = (/** @type {FormData} */ data) => {
    const text = (/** @type {string} */ name) => String(data.get(name)).trim();
    return createFirstAccount({
      name: text("name"),
      company: text("company"),
      email: text("email"),
      password: String(data.get("password")),
      sample: data.get("sample") === "on",
    });
  };
  return html`
    <${Gate} title=${t("setup.title")} lead=${t("setup.lead")}>
      <${Form} submit=${t("setup.submit")} onSubmit=${send}>
        <${Field} name="name" label=${t("setup.name")} autocomplete="name" autofocus />
        <${Field} name="company" label=${t("setup.company")} autocomplete="organization" />
        <${Field} name="email" type="email" label=${t("login.email")} autocomplete="username" />
        <${Field}
          name="password"
          type="password"
          label=${t("login.password")}
          hint=${t("setup.password")}
          minlength=${10}
          autocomplete="new-password"
        />
        <label class="check">
          <input type="checkbox" name="sample" defaultChecked />
          <span>${t("setup.sample")}<small>${t("setup.sample.why")}</small></span>
        </label>
      <//>
    <//>
  `;
}
