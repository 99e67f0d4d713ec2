import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { bring, forgetImport, sending } from "../catalog-import.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { bytes } from "./figures.js";
import { Icon } from "./icons.js";

const KINDS = ".csv,.tsv,.txt,.xlsx,.json,.pdf";

/** Where a file is chosen or dropped; how far it is on its way; what was wrong with it. */
export function Bring() {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const over = useSignal(false);
  const take = (/** @type {FileList | null | undefined} */ files) => {
    const file = files?.[0];
    if (file) void bring(file);
  };
  const chosen = (/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
    take(currentTarget.files);
    currentTarget.value = "";
  };
  const drag = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    over.value = true;
  };
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    over.value = false;
    take(event.dataTransfer?.files);
  };
  const file = sending.value;
  const onWay = file !== null && file.state !== "failed";
  return html`
    <div class="drop ${over.value ? "over" : ""}" onDragOver=${drag} onDragLeave=${() => (over.value = false)} onDrop=${drop}>
      <input ref=${input} class="unseen" type="file" accept=${KINDS} tabindex="-1" aria-hidden="true" onChange=${chosen} />
      ${onWay
        ? html`<${Way} file=${file} />`
        : html`
            <button class="button primary" onClick=${() => input.current?.click()}><${Icon} name="send" />${t("bring.choose")}</button>
            <p class="fine">${t("bring.drop")}</p>
          `}
    </div>
    <div role="alert">${file?.state === "failed" && html`<p class="problem"><span><b>${file.name}</b> ${file.wrong}</span></p>`}</div>
  `;
}

/** @param {{ file: import("../catalog-import.js").Sending }} props */
function Way({ file: { name, state, sent, total } }) {
  const share = total > 0 ? Math.round((100 * sent) / total) : 0;
  return html`
    <p role="status"><b>${name}</b> ${state === "reading" ? t("bring.reading") : t("bring.sending")}</p>
    <progress max="100" value=${state === "reading" ? undefined : share} aria-label=${t("bring.progress", { name })}></progress>
    ${state === "sending" && html`<p class="fine">${t("bring.far", { sent: bytes(sent), total: bytes(total) })}</p>`}
    <button class="button small" onClick=${forgetImport}><${Icon} name="close" />${t("action.cancel")}</button>
  `;
}
