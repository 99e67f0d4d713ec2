import { html } from "../html.js";
import { t } from "../i18n.js";
import { milliseconds } from "./figures.js";

/** @import { Span } from "../wire" */

const WIDTH = 1000;
const LEAST = 4;

/**
 * Spans one below the other, each with its words and a bar over the same time; the words say all that the bars do.
 * The time begins with the first of them, which may be before the turn did.
 * @param {{ spans: Span[], now: number }} props now: how far a live turn has come
 */
export function Waterfall({ spans, now }) {
  const begin = Math.min(0, ...spans.map((span) => span.start_ms));
  const end = Math.max(now, ...spans.map((span) => span.end_ms ?? span.start_ms), 1);
  const at = (/** @type {number} */ ms) => ((ms - begin) / (end - begin)) * WIDTH;
  return html`
    <ol class="waterfall" aria-label=${t("turn.waterfall")}>
      ${spans.map((span) => {
        const until = Math.max(span.start_ms, span.end_ms ?? now);
        const width = Math.max(LEAST, at(until) - at(span.start_ms));
        return html`
          <li key=${span.name} data-kind=${span.kind}>
            <span class="span-name">${nameOf(span.name)}</span>
            <span class="span-time">
              <b>${span.end_ms === null ? t("turn.going") : milliseconds(span.end_ms - span.start_ms)}</b>${" "}
              <small>${beginning(span)}</small>
            </span>
            <svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
              <rect x=${Math.min(at(span.start_ms), WIDTH - width)} width=${width} height="10" />
            </svg>
          </li>
        `;
      })}
    </ol>
  `;
}

/** @param {Span} span */
function beginning({ start_ms }) {
  if (start_ms < 0) return t("turn.before", { start: milliseconds(-start_ms) });
  return t("turn.at", { start: milliseconds(start_ms) });
}

/** @param {string} name */
function nameOf(name) {
  switch (name) {
    case "auth":
      return t("span.auth");
    case "limits":
      return t("span.limits");
    case "start":
      return t("span.start");
    case "queue":
      return t("span.queue");
    case "save_message":
      return t("span.message");
    case "load":
      return t("span.load");
    case "first_token":
      return t("span.first");
    case "stream":
      return t("span.stream");
    case "save_answer":
      return t("span.answer");
    default:
      return partOf(name);
  }
}

/** @param {string} name a part of the load; one that is new is told by its own name */
function partOf(name) {
  switch (name) {
    case "load_connection_mode":
      return t("span.load.mode");
    case "load_user_context":
      return t("span.load.user");
    case "load_jobs_data":
      return t("span.load.jobs");
    case "load_jobs_metrics":
      return t("span.load.metrics");
    case "load_snapshot":
      return t("span.load.snapshot");
    case "load_history":
      return t("span.load.history");
    default:
      return name;
  }
}
