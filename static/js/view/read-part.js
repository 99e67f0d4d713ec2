import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icons.js";

/** @import { VNode } from "../html.js" */

/**
 * A part of a room whose content is read when it is shown, and again when asked for.
 * @template T
 * @param {{ title: string, reading: import("../reading.js").Reading<T>, missing?: string, subject?: string, show: (value: T) => unknown }} props
 *   subject: what it is about; when that changes, it is read anew
 * @returns {VNode}
 */
export function ReadPart({ title, reading, missing, subject = "", show }) {
  useEffect(() => {
    if (subject) reading.forget();
    void reading.read();
  }, [subject]);
  const value = reading.value.value;
  const state = reading.state.value;
  const busy = state === "loading";
  return html`
    <section aria-label=${title} aria-busy=${String(busy)}>
      <div class="part-head">
        <h2>${title}</h2>
        <button class="button small" aria-disabled=${String(busy)} onClick=${() => !busy && reading.read()}>
          <${Icon} name="retry" />${t("admin.refresh")}
        </button>
      </div>
      <div role="status">
        ${state === "failed" && html`<p class="problem">${t("admin.failed")}</p>`}
        ${state === "missing" && html`<p class="note">${missing ?? t("admin.failed")}</p>`}
      </div>
      ${value !== null && state !== "missing" && show(value)}
    </section>
  `;
}
