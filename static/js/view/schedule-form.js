import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { EditField } from "./fields.js";

/** @import { Schedule } from "../wire" */

export const NAMES = /** @type {const} */ (["text", "every", "days", "day_of_month", "date", "time"]);
const DAYS = /** @type {const} */ (["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const LAST = 31;
const LONGEST = 2000;

/** What the days are called: those of a week that begins on a Monday. @param {number} place */
const dayName = (place) => [t("day.monday"), t("day.tuesday"), t("day.wednesday"), t("day.thursday"), t("day.friday"), t("day.saturday"), t("day.sunday")][place];

/**
 * What is asked, on which days and when.
 * @param {{ wrong: Record<string, string>, one?: Schedule }} props one: that is changed
 */
export function ScheduleFields({ wrong, one }) {
  const every = useSignal(one?.every ?? "week");
  const group = useRef(/** @type {HTMLFieldSetElement | null} */ (null));
  useEffect(() => {
    if (wrong.days) group.current?.querySelector("input")?.focus();
  }, [wrong.days]);
  const kinds = [
    { value: "day", text: t("every.day") },
    { value: "weekdays", text: t("every.weekdays") },
    { value: "week", text: t("every.week") },
    { value: "month", text: t("every.month") },
    { value: "once", text: t("every.once") },
  ];
  const ofMonth = Array.from({ length: LAST }, (_, place) => ({
    value: String(place + 1),
    text: place + 1 === LAST ? t("every.last") : String(place + 1),
  }));
  return html`
    <div class="schedule-what">
      <${EditField} name="text" label=${t("schedules.text")} hint=${t("schedules.text.hint")} rows=${2} maxlength=${LONGEST} required value=${one?.text} error=${wrong.text} />
    </div>
    <${EditField} name="every" label=${t("schedules.every")} options=${kinds} value=${every.value} error=${wrong.every} onValue=${(/** @type {Schedule["every"]} */ value) => (every.value = value)} />
    ${every.value === "week" &&
    html`<fieldset ref=${group} class="schedule-days" aria-describedby=${wrong.days && "schedule-days-wrong"}>
      <legend>${t("schedules.days")}</legend>
      ${DAYS.map(
        (day, place) => html`<label key=${day}><input type="checkbox" name=${`day-${day}`} value=${day} defaultChecked=${one ? one.days.includes(day) : day === "monday"} />${dayName(place)}</label>`,
      )}
      ${wrong.days && html`<small id="schedule-days-wrong" class="wrong">${wrong.days}</small>`}
    </fieldset>`}
    ${every.value === "month" &&
    html`<${EditField} name="day_of_month" label=${t("schedules.monthday")} options=${ofMonth} value=${String(one?.day_of_month ?? 1)} error=${wrong.day_of_month} />`}
    ${every.value === "once" && html`<${EditField} name="date" type="date" label=${t("schedules.date")} required value=${one?.date ?? ""} error=${wrong.date} />`}
    <${EditField} name="time" type="time" label=${t("schedules.time")} required value=${one?.time ?? "08:00"} error=${wrong.time} />
  `;
}

/**
 * As the server wants them.
 * @param {Record<string, string>} given by the form
 */
export function fieldsOf({ text = "", every = "", time = "", date, day_of_month, ...rest }) {
  const days = DAYS.filter((day) => rest[`day-${day}`]);
  return {
    text,
    every,
    time,
    ...(every === "week" && { days }),
    ...(every === "month" && { day_of_month: Number(day_of_month) }),
    ...(every === "once" && { date: date ?? "" }),
  };
}
