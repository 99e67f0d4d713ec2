import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { JOB_STATES, OPEN_STATES, OWN, department } from "../jobs.js";
import { departmentText, sourceText, stateText } from "./jobs-words.js";
import { Menu } from "./menu.js";

/** @import { DepartmentJob } from "../wire" */

const DAY_MS = 86_400_000;
/** @type {Record<typeof JOB_STATES[number], import("./menu.js").Item["icon"]>} */
const ICONS = { to_process: "folder", in_process: "continue", pending: "gauge", done: "check", failed: "close" };

/**
 * @typedef {object} JobCardProps
 * @property {DepartmentJob} job
 * @property {(job: DepartmentJob, state: string) => void} send
 * @property {{ current: import("./jobs-board.js").Moved | null }} moved
 * @property {(job: DepartmentJob | null) => void} carry
 */

/** @param {JobCardProps} props */
export function JobCard({ job, send, moved, carry }) {
  const own = job.source === OWN;
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (moved.current?.id !== job.id || moved.current.state !== job.state) return;
    moved.current = null;
    if (document.activeElement === document.body) card.current?.querySelector("button")?.focus();
  }, []);
  const items = JOB_STATES.filter((state) => state !== job.state).map((state) => ({
    text: stateText(state),
    icon: ICONS[state],
    act: () => send(job, state),
  }));
  return html`
    <li
      ref=${card}
      class="task"
      data-job=${job.id}
      draggable=${own}
      onDragStart=${(/** @type {DragEvent} */ event) => {
        event.dataTransfer?.setData("text/plain", job.title);
        carry(job);
      }}
      onDragEnd=${() => carry(null)}
    >
      <div class="task-head">
        <h3>${job.title}</h3>
        ${own && html`<${Menu} label=${t("board.move", { title: job.title })} items=${items} />`}
      </div>
      ${job.amount_cents !== null && html`<p class="task-amount">${amountText(job)}</p>`}
      ${job.due_at && html`<p class=${late(job) ? "fine late" : "fine"}>${late(job) ? t("board.late", { day: dayText(job.due_at) }) : t("board.until", { day: dayText(job.due_at) })}</p>`}
      ${!department.value && html`<p class="fine">${departmentText(job.department)}</p>`}
      ${!own && html`<p class="fine"><span class="tag">${sourceText(job.source)}</span> ${t("board.foreign")}</p>`}
    </li>
  `;
}

/** @param {DepartmentJob} job */
function amountText({ amount_cents, currency }) {
  const money = /** @type {const} */ ({ style: "currency", currency: currency ?? "EUR" });
  return new Intl.NumberFormat(language.value, money).format((amount_cents ?? 0) / 100);
}

/** @param {string} moment a day is its first moment, in UTC */
const dayText = (moment) =>
  new Date(moment).toLocaleDateString(language.value, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** @param {DepartmentJob} job */
const late = ({ due_at, state }) => due_at !== null && OPEN_STATES.includes(state) && Date.parse(due_at) + DAY_MS < Date.now();
