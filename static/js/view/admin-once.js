import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { once, told } from "../admin-users.js";
import { copy } from "../clipboard.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { when } from "./figures.js";
import { Icon } from "./icons.js";

/** What became of the last wish, and a link or key that can be read this once. */
export function Once() {
  const told_ = told.value;
  return html`
    <div role="status">${told_ && html`<p class=${told_.wrong ? "wrong" : "note"}>${told_.text}</p>`}</div>
    ${once.value && html`<${Secret} key=${once.value.value} ...${once.value} />`}
  `;
}

/** @param {{ kind: "link" | "key" | "secret", name: string, value: string, expires_at?: string }} props */
function Secret({ kind, name, value, expires_at = "" }) {
  const id = useId();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const copied = useSignal(false);
  useEffect(() => {
    box.current?.focus();
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const take = async () => {
    copied.value = await copy(value);
  };
  const [title, why] = words(kind, name, expires_at);
  return html`
    <section ref=${box} class="once" tabindex="-1" aria-labelledby=${`${id}-title`} aria-describedby=${`${id}-why`}>
      <h2 id=${`${id}-title`}>${title}</h2>
      <p id=${`${id}-why`}>${why}</p>
      <code>${value}</code>
      <div class="form-buttons">
        <button class="button primary" onClick=${take}><${Icon} name=${copied.value ? "check" : "copy"} />${copied.value ? t("action.copied") : t("action.copy")}</button>
        <button class="button" onClick=${() => (once.value = null)}>${t("action.close")}</button>
      </div>
    </section>
  `;
}

/**
 * @param {"link" | "key" | "secret"} kind
 * @param {string} name
 * @param {string} until
 */
function words(kind, name, until) {
  switch (kind) {
    case "link":
      return [t("once.link", { name }), t("once.link.why", { when: when(until) })];
    case "key":
      return [t("once.key", { name }), t("once.key.why")];
    default:
      return [t("once.secret", { name }), t("once.secret.why")];
  }
}
