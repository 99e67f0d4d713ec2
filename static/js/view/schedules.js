import { html } from "../html.js";
import { t } from "../i18n.js";
import { uuid } from "../ids.js";
import { useEffect, useRef } from "preact/hooks";
import { bringBack, create, listing, removed } from "../schedules.js";
import { Icon } from "./icons.js";
import { PartForm } from "./part-form.js";
import { ScheduleCard } from "./schedule-card.js";
import { NAMES, ScheduleFields, fieldsOf } from "./schedule-form.js";
import { SideToggle } from "./side-toggle.js";

/** The room of what Léa is to be asked at set times. */
export function Schedules() {
  return html`
    <main id="schedules" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("schedules.title")}</h1></header>
      <div class="scroller">
        <div class="room-page">
          <p class="fine">${t("schedules.lead")}</p>
          <${New} />
          <${BringBack} />
          <${Found} />
        </div>
      </div>
    </main>
  `;
}

function New() {
  const id = useRef("");
  const save = async (/** @type {Record<string, string>} */ given) => {
    id.current ||= uuid();
    await create(fieldsOf(given), id.current);
    id.current = "";
  };
  const fields = (/** @type {Record<string, string>} */ wrong) => html`<${ScheduleFields} wrong=${wrong} />`;
  return html`<${PartForm} open=${t("schedules.new")} submit=${t("schedules.create")} names=${NAMES} fields=${fields} save=${save} />`;
}

/** For as long as one stays here, the way back from the last deletion. */
function BringBack() {
  const line = useRef(/** @type {HTMLElement | null} */ (null));
  const last = removed.value;
  const offered = useRef(/** @type {typeof last} */ (null));
  const shown = listing.value.value;
  useEffect(() => {
    // What had the focus is gone with the card, which may be here for a moment still.
    if (!last || offered.current === last || document.activeElement !== document.body) return;
    offered.current = last;
    line.current?.querySelector("button")?.focus();
  }, [last, shown]);
  useEffect(() => () => void (removed.value = null), []);
  if (!last) return null;
  return html`<p ref=${line} class="note schedule-undo">
    <span>${t("schedules.deleted.one", { text: last.text })}</span>
    <button class="button small" onClick=${() => void bringBack().catch(() => (removed.value = null))}>${t("schedules.restore")}</button>
  </p>`;
}

function Found() {
  const found = listing.value.value;
  const failed = listing.state.value === "failed" || listing.state.value === "missing";
  const list = found?.schedules ?? [];
  return html`
    <div role="status">
      ${failed && html`<p class="problem">${t("admin.failed")}</p>`}
      ${found && list.length === 0 && html`<p class="empty">${t("schedules.none")}</p>`}
    </div>
    ${failed && html`<button class="button small" onClick=${() => listing.read()}><${Icon} name="retry" />${t("action.retry")}</button>`}
    ${list.length > 0 &&
    html`<ul class="schedules" aria-busy=${String(listing.state.value === "loading")}>
      ${list.map((one) => html`<${ScheduleCard} key=${one.id} one=${one} home=${found?.time_zone} />`)}
    </ul>`}
  `;
}
