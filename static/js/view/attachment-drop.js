import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icons.js";

const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;

/**
 * Files that are dropped anywhere on what this stands in are attached.
 * @param {{ attachments: import("../attachments.js").Attachments }} props
 */
export function AttachmentDrop({ attachments }) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const over = useSignal(false);
  useEffect(() => {
    const place = ref.current?.parentElement;
    if (!place) return undefined;
    const ending = new AbortController();
    const on = (/** @type {"dragenter" | "dragover" | "dragleave" | "drop"} */ type, /** @type {(event: DragEvent) => void} */ act) =>
      place.addEventListener(type, act, { signal: ending.signal });
    const hover = (/** @type {DragEvent} */ event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      over.value = true;
    };
    on("dragenter", hover);
    on("dragover", hover);
    on("dragleave", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && place.contains(relatedTarget))) over.value = false;
    });
    on("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      over.value = false;
      attachments.add(event.dataTransfer?.files ?? []);
      document.getElementById("message")?.focus();
    });
    return () => ending.abort();
  }, [attachments]);
  return html`<div ref=${ref} class="drop-here" hidden=${!over.value} aria-hidden="true"><p><${Icon} name="clip" />${t("attach.drop")}</p></div>`;
}
