import { open } from "../attachments.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { bytes } from "./figures.js";
import { Icon } from "./icons.js";

/** @import { Attachment } from "../wire" */
/** @import { Attachments, Chip } from "../attachments.js" */

/** @param {number} size */
function sizeOf(size) {
  if (size >= 1000) return bytes(size);
  return new Intl.NumberFormat(language.value, { style: "unit", unit: "byte", unitDisplay: "long" }).format(size);
}

/**
 * The files of the message that is being written.
 * @param {{ attachments: Attachments, held: "" | "files" | "answer" }} props held: what the message waits for
 */
export function WaitingFiles({ attachments, held }) {
  const chips = attachments.chips.value;
  return html`
    ${chips.length > 0 &&
    html`<ul class="attached" aria-label=${t("attach.files")}>
      ${chips.map((chip) => html`<${Waiting} key=${chip.key} chip=${chip} remove=${() => attachments.remove(chip)} />`)}
    </ul>`}
    ${attachments.tooMany.value && html`<p class="attached-note">${t("attach.most", { n: 5 })}</p>`}
    <p class="attached-note" role="status">${held === "files" && t("attach.held")}${held === "answer" && t("composer.held")}</p>
  `;
}

/** @param {{ chip: Chip, remove: () => void }} props */
function Waiting({ chip, remove }) {
  const { name, size, state, share, wrong, file } = chip;
  const percent = Math.round(100 * share);
  const note = { sending: t("attach.sending", { percent }), reading: t("attach.reading"), ready: sizeOf(size), failed: wrong }[state];
  const away = () => {
    remove();
    document.getElementById("message")?.focus();
  };
  return html`
    <li class="attached-file ${state}">
      ${file
        ? html`<${Opener} file=${file} note=${note} />`
        : html`<span class="attached-name"><${Icon} name="file" /><b>${name}</b> <span>${note}</span></span>`}
      ${state === "sending" && html`<progress max="100" value=${percent} aria-label=${t("attach.progress", { name })}></progress>`}
      <button type="button" class="icon-button" aria-label=${t("attach.remove", { name })} title=${t("attach.remove", { name })} onClick=${away}>
        <${Icon} name="close" />
      </button>
    </li>
  `;
}

/**
 * The files a message went with.
 * @param {{ files: Attachment[] }} props
 */
export function SentFiles({ files }) {
  if (files.length === 0) return null;
  return html`
    <ul class="attached sent" aria-label=${t("attach.files")}>
      ${files.map((file) => html`<li key=${file.id} class="attached-file ready"><${Opener} file=${file} note=${sizeOf(file.bytes)} /></li>`)}
    </ul>
  `;
}

/** @param {{ file: Attachment, note: string }} props */
function Opener({ file, note }) {
  return html`
    <button type="button" class="attached-name" title=${t("attach.open", { name: file.name })} aria-haspopup="dialog" onClick=${() => open(file)}>
      <${Icon} name="file" /><b>${file.name}</b> <span>${note}</span>
    </button>
  `;
}
