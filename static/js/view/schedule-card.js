import { useSignal } from "@preact/signals";
import { Refused } from "../api.js";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { uuid } from "../ids.js";
import { change, remove, runNow } from "../schedules.js";
import { Icon } from "./icons.js";
import { PartForm } from "./part-form.js";
import { NAMES, ScheduleFields, fieldsOf } from "./schedule-form.js";

/** @import { Schedule } from "../wire" */

/**
 * One ask: what, when, how it went last, and what one can do about it.
 * @param {{ one: Schedule, home: string | undefined }} props home: the zone whose clocks count unless another is named
 */
export function ScheduleCard({ one, home }) {
  const busy = useSignal(false);
  const wrong = useSignal("");
  const { id, text, state, last } = one;
  const act = (/** @type {() => Promise<unknown>} */ todo) => async () => {
    if (busy.value) return;
    busy.value = true;
    wrong.value = "";
    try {
      await todo();
    } catch (error) {
      wrong.value = error instanceof Refused ? error.message : t("notice.failed");
    }
    busy.value = false;
  };
  const asking = last?.result === "running";
  const fields = (/** @type {Record<string, string>} */ wrongs) => html`<${ScheduleFields} wrong=${wrongs} one=${one} />`;
  return html`
    <li class="schedule" data-state=${state}>
      <h2 class="schedule-text">${text}</h2>
      <p class="schedule-when">
        <${Icon} name="clock" /><span>${one.when}${one.time_zone !== home && ` (${one.time_zone})`}</span>
        ${state !== "active" && html`<span class="tag">${state === "paused" ? t("schedules.paused") : t("schedules.over")}</span>`}
      </p>
      ${one.next[0] && html`<p class="fine">${t("schedules.next", { moment: moment(one.next[0], one.time_zone) })}</p>`}
      ${last &&
      html`<p class=${last.result === "answered" || asking ? "fine" : "fine schedule-wrong"}>
        ${t("schedules.last", { moment: moment(last.due_at, one.time_zone) })} <${Outcome} one=${one} />
      </p>`}
      <div role="alert">${wrong.value && html`<p class="wrong">${wrong.value}</p>`}</div>
      <div class="schedule-foot">
        ${last?.turn_id && html`<a class="chip" href=${`#thread=${encodeURIComponent(one.thread_id)}`}>${t("schedules.thread")}</a>`}
        <button class="button small" aria-disabled=${String(asking)} aria-label=${t("schedules.now.of", { text })} onClick=${act(async () => asking || runNow(id, uuid()))}>
          <${Icon} name="send" />${asking ? t("schedules.asking") : t("schedules.now")}
        </button>
        ${state !== "ended" &&
        html`<button class="button small" aria-label=${state === "paused" ? t("schedules.resume.of", { text }) : t("schedules.pause.of", { text })} onClick=${act(() => change(id, { state: state === "paused" ? "active" : "paused" }))}>
          <${Icon} name=${state === "paused" ? "continue" : "stop"} />${state === "paused" ? t("schedules.resume") : t("schedules.pause")}
        </button>`}
        <${PartForm} open=${t("schedules.edit")} label=${t("schedules.edit.of", { text })} submit=${t("action.save")} names=${NAMES} fields=${fields} save=${(/** @type {Record<string, string>} */ given) => change(id, fieldsOf(given))} />
        <button class="button small" aria-label=${t("schedules.delete.of", { text })} onClick=${act(() => remove(one))}><${Icon} name="trash" />${t("schedules.delete")}</button>
      </div>
    </li>
  `;
}

/** @param {{ one: Schedule }} props how it went last */
function Outcome({ one }) {
  const { last } = one;
  if (!last) return null;
  const late = last.late_s >= 300 && last.result === "answered";
  return html`<b>${last.result === "answered" ? t("schedules.answered") : last.detail}</b>${late && ` ${t("schedules.late")}`}`;
}

/**
 * @param {string} at RFC 3339
 * @param {string} timeZone whose clocks are shown
 */
function moment(at, timeZone) {
  return new Date(at).toLocaleString(language.value, { dateStyle: "full", timeStyle: "short", timeZone });
}
