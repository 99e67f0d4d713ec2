import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { announce } from "../announce.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { moreJobs, move } from "../jobs.js";
import { attempt } from "./attempt.js";
import { plain } from "./figures.js";
import { JobCard } from "./jobs-card.js";
import { stateText } from "./jobs-words.js";

/** @import { Column } from "../jobs.js" */
/** @import { DepartmentJob } from "../wire" */

/** @typedef {{ id: string, state: string }} Moved the card that takes the focus along to its new column */

/** @param {{ columns: Column[], busy: boolean }} props */
export function Board({ columns, busy }) {
  const carried = useSignal(/** @type {DepartmentJob | null} */ (null));
  const moved = useRef(/** @type {Moved | null} */ (null));
  const send = async (/** @type {DepartmentJob} */ job, /** @type {string} */ state) => {
    moved.current = { id: job.id, state };
    await attempt(async () => {
      await move(job, state);
      announce(`${job.title} : ${stateText(state)}`);
    });
  };
  const drop = (/** @type {string} */ state) => {
    const job = carried.value;
    carried.value = null;
    if (job && job.state !== state) void send(job, state);
  };
  return html`
    <div class="board" aria-busy=${String(busy)}>
      ${columns.map(
        (column) => html`<${Lane}
          key=${column.state}
          column=${column}
          send=${send}
          moved=${moved}
          carry=${(/** @type {DepartmentJob | null} */ job) => (carried.value = job)}
          drop=${carried.value && carried.value.state !== column.state ? () => drop(column.state) : null}
        />`,
      )}
    </div>
  `;
}

/**
 * @typedef {object} LaneProps
 * @property {Column} column
 * @property {(job: DepartmentJob, state: string) => Promise<void>} send
 * @property {{ current: Moved | null }} moved
 * @property {(job: DepartmentJob | null) => void} carry
 * @property {(() => void) | null} drop null where what is carried cannot be put
 */

/** @param {LaneProps} props */
function Lane({ column, send, moved, carry, drop }) {
  const { state, jobs, total, next_cursor } = column;
  const over = (/** @type {DragEvent} */ event) => drop && event.preventDefault();
  const put = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    drop?.();
  };
  return html`
    <section class="lane" data-part=${state} data-open=${String(drop !== null)} aria-label=${stateText(state)} onDragOver=${over} onDrop=${put}>
      <h2>${stateText(state)} <span class="count">${plain(total)}</span></h2>
      ${jobs.length === 0 && html`<p class="fine">${t("board.none")}</p>`}
      <ul>
        ${jobs.map((job) => html`<${JobCard} key=${job.id} job=${job} send=${send} moved=${moved} carry=${carry} />`)}
      </ul>
      ${next_cursor && html`<button class="button small" onClick=${() => moreJobs(state)}>${t("session.more")}<span class="unseen"> : ${stateText(state)}</span></button>`}
    </section>
  `;
}
