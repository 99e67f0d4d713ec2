import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { Dictation } from "../dictation.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { calm } from "../settings.js";
import { Icon } from "./icons.js";

const BARS = 48;
const CALM_EVERY = 5;

/**
 * Where one speaks instead of writing; what was said comes into the message, to be read before it is sent.
 * @param {{ conversation: import("../conversation.js").Conversation, most: number, close: () => void }} props
 */
export function Dictating({ conversation, most, close }) {
  const over = () => {
    close();
    document.getElementById("message")?.focus();
  };
  const dictation = useMemo(() => new Dictation({ most, onText: (text) => (over(), insert(conversation, text)) }), []);
  const away = () => {
    dictation.cancel();
    over();
  };
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      away();
    };
    document.addEventListener("keydown", onKey);
    void dictation.start();
    return () => {
      document.removeEventListener("keydown", onKey);
      dictation.cancel();
    };
  }, []);
  const state = dictation.state.value;
  if (state === "failed") {
    return html`
      <div class="dictation failed" role="group" aria-label=${t("voice.group")}>
        <p role="alert">${dictation.wrong.value}</p>
        ${dictation.again.value && html`<button key="again" ref=${focus} type="button" class="button" onClick=${() => dictation.hear()}>${t("action.retry")}</button>`}
        <button key="close" ref=${dictation.again.value ? null : focus} type="button" class="icon-button" aria-label=${t("action.close")} title=${t("action.close")} onClick=${away}>
          <${Icon} name="close" />
        </button>
      </div>
    `;
  }
  const said = { asking: t("voice.asking"), recording: t("voice.recording"), hearing: t("voice.hearing") }[state];
  return html`
    <div class="dictation" role="group" aria-label=${t("voice.group")}>
      <span role="status" class=${state === "recording" ? "unseen" : ""}>${said}</span>
      ${state === "recording" && html`<${Level} dictation=${dictation} /><span role="timer">${clock(dictation.seconds.value)}</span>`}
      <button key=${`away ${state}`} ref=${state === "recording" ? null : focus} type="button" class="icon-button" aria-label=${t("voice.cancel")} title=${t("voice.cancel")} onClick=${away}>
        <${Icon} name="close" />
      </button>
      ${state === "recording" &&
      html`<button key="done" ref=${focus} type="button" class="button" onClick=${() => dictation.finish()}><${Icon} name="check" />${t("voice.done")}</button>`}
    </div>
  `;
}

/** @param {HTMLElement | null} button what one does next, unless one writes meanwhile */
function focus(button) {
  if (document.activeElement?.id !== "message") button?.focus();
}

/** @param {number} seconds */
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/**
 * How loud it was, a bar each time one looked; only how loud it is, and seldom, where less motion is wanted.
 * @param {{ dictation: Dictation }} props
 */
function Level({ dictation }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const bars = useMemo(() => /** @type {number[]} */ (Array(BARS).fill(0)), []);
  const looked = useRef(0);
  useSignalEffect(() => {
    const still = calm();
    const level = Math.min(1, 4 * Math.sqrt(dictation.level.value) / 2);
    if (still && looked.current++ % CALM_EVERY > 0) return;
    bars.push(level);
    bars.shift();
    if (canvas.current) draw(canvas.current, still ? bars.map((_, place) => (place < level * BARS ? 0.6 : 0)) : bars);
  });
  return html`<canvas ref=${canvas} aria-hidden="true" width=${BARS * 6} height="64"></canvas>`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} bars
 */
function draw(canvas, bars) {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const step = canvas.width / bars.length;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = getComputedStyle(canvas).color;
  bars.forEach((level, place) => {
    const high = Math.max(4, level * canvas.height);
    pen.fillRect(place * step + 1, (canvas.height - high) / 2, step - 2, high);
  });
}

/**
 * Where one was writing, with spaces as they belong.
 * @param {import("../conversation.js").Conversation} conversation
 * @param {string} text
 */
function insert(conversation, text) {
  const box = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("message"));
  const written = conversation.draft.peek();
  const at = box?.selectionEnd ?? written.length;
  const before = written.slice(0, at);
  const after = written.slice(at);
  const said = `${/\S$/.test(before) ? " " : ""}${text}${/^\S/.test(after) ? " " : ""}`;
  conversation.write(before + said + after);
  announce(t("voice.ready"));
  requestAnimationFrame(() => box?.setSelectionRange(at + said.length, at + said.length));
}
