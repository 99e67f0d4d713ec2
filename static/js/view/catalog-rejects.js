import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { readRejects } from "../catalog.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @import { Reject, RejectPage } from "../wire" */

/** The rows of a file that became no product, with their lines and the reasons. @param {{ runId: string }} props */
export function Rejects({ runId }) {
  const page = useSignal(/** @type {RejectPage | null} */ (null));
  const read = async (/** @type {string | null} */ cursor) => {
    const next = await readRejects(runId, cursor).catch(() => null);
    if (!next) return;
    const before = cursor ? (page.peek()?.rejects ?? []) : [];
    page.value = { ...next, rejects: [...before, ...next.rejects] };
  };
  useEffect(() => void read(null), [runId]);
  const found = page.value;
  if (!found || found.rejects.length === 0) return null;
  const { rejects, next_cursor } = found;
  return html`
    <section aria-label=${t("reject.title")}>
      <details class="as-table">
        <summary>${next_cursor ? t("reject.some", { n: rejects.length }) : t("reject.count", { n: rejects.length })}</summary>
        <ul class="rows">${rejects.map((one, place) => html`<${Row} key=${place} reject=${one} />`)}</ul>
        ${next_cursor && html`<button class="button" onClick=${() => read(next_cursor)}>${t("session.more")}</button>`}
      </details>
    </section>
  `;
}

/**
 * What stood there, or which line was first, in words.
 * @param {{ code?: string, detail?: string }} reject
 */
export function detailText({ code, detail }) {
  if (!detail) return "";
  return code === "reference_duplicate" ? t("reject.first", { line: detail }) : `« ${detail} »`;
}

/** @param {{ reject: Reject }} props */
function Row({ reject }) {
  const { line, message, raw } = reject;
  const detail = detailText(reject);
  const cells = Object.values(raw ?? {}).join(" · ");
  return html`
    <li>
      <span class="row-text">
        ${line !== null && html`<b>${t("reject.line", { line })}</b>`}
        <span>${message}${detail && html` <small>${detail}</small>`}</span>
        ${cells && html`<small class="reject-raw">${cells}</small>`}
      </span>
    </li>
  `;
}
