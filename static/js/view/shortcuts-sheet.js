import { html } from "../html.js";
import { t } from "../i18n.js";
import { SHORTCUTS } from "../keys.js";
import { singleKeys } from "../settings.js";

/** The keys there are. */
export function ShortcutList() {
  return html`
    <dl class="shortcuts">
      ${SHORTCUTS.map(({ key, name }) => html`<${Keys} key=${key} keys=${[t("key.alt"), key]} name=${name()} />`)}
      ${singleKeys.value && html`<${Keys} keys=${["?"]} name=${t("keys.help")} />`}
      <${Keys} keys=${[t("key.enter")]} name=${t("keys.send")} />
      <${Keys} keys=${[t("key.shift"), t("key.enter")]} name=${t("keys.line")} />
      <${Keys} keys=${[t("key.alt"), "Y"]} name=${t("keys.approve")} />
      <${Keys} keys=${[t("key.alt"), "N"]} name=${t("keys.reject")} />
      <${Keys} keys=${[t("key.escape")]} name=${t("keys.close")} />
    </dl>
  `;
}

/** @param {{ keys: string[], name: string }} props */
function Keys({ keys, name }) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${keys.map((key, index) => html`${index > 0 && " + "}<kbd>${key}</kbd>`)}</dd>
  </div>`;
}
