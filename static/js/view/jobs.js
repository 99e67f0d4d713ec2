import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { uuid } from "../ids.js";
import { DEPARTMENTS, OPEN_STATES, board, createJob, department, metrics, readJobs, words } from "../jobs.js";
import { EditField } from "./fields.js";
import { plain } from "./figures.js";
import { Icon } from "./icons.js";
import { Board } from "./jobs-board.js";
import { Sources } from "./jobs-sources.js";
import { departmentText } from "./jobs-words.js";
import { PartForm } from "./part-form.js";
import { CURRENCIES } from "./record-words.js";
import { SideToggle } from "./side-toggle.js";

const PAUSE_MS = 200;
const NAMES = /** @type {const} */ (["department", "title", "amount", "currency", "due_at"]);

/** The room of the departments' jobs: what is to be done, in columns by how far it is. */
export function Jobs() {
  return html`
    <main id="jobs" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("board.title")}</h1></header>
      <${Departments} />
      <div class="scroller">
        <div class="room-page board-page">
          <${Sources} />
          <div class="part-head">
            <${NewJob} />
            <${Again} />
          </div>
          <${Search} />
          <${Found} />
        </div>
      </div>
    </main>
  `;
}

/** Where one is among the departments, with how much is open in each. */
function Departments() {
  const counts = metrics.value.value?.departments;
  const open = (/** @type {string} */ name) => OPEN_STATES.reduce((sum, state) => sum + (counts?.[name]?.[state] ?? 0), 0);
  const all = Object.keys(counts ?? {}).reduce((sum, name) => sum + open(name), 0);
  const links = [
    { name: "", text: t("board.all"), count: all },
    ...DEPARTMENTS.map((name) => ({ name, text: departmentText(name), count: open(name) })),
  ];
  return html`
    <nav class="tabs" aria-label=${t("board.departments")}>
      ${links.map(
        ({ name, text, count }) => html`
          <a key=${name} href=${name ? `#/jobs/${name}` : "#/jobs"} aria-current=${department.value === name ? "page" : undefined}>
            ${text}
            ${counts && html`<span class="count" aria-hidden="true">${plain(count)}</span><span class="unseen">, ${t("board.open", { n: count })}</span>`}
          </a>
        `,
      )}
    </nav>
  `;
}

function NewJob() {
  const id = useRef("");
  const save = async (/** @type {Record<string, string>} */ given) => {
    id.current ||= uuid();
    await createJob(given, id.current);
    id.current = "";
  };
  const currencies = CURRENCIES.map((value) => ({ value, text: value }));
  const departments = DEPARTMENTS.map((value) => ({ value, text: departmentText(value) }));
  const fields = (/** @type {Record<string, string>} */ wrong) => html`
    <${EditField} name="department" label=${t("board.department")} value=${department.value || DEPARTMENTS[0]} options=${departments} error=${wrong.department} />
    <${EditField} name="title" label=${t("board.name")} error=${wrong.title} required maxlength=${200} />
    <${EditField} name="amount" inputmode="decimal" label=${t("board.amount")} hint=${t("board.amount.hint")} error=${wrong.amount} />
    <${EditField} name="currency" label=${t("record.currency")} value="EUR" options=${currencies} error=${wrong.currency} />
    <${EditField} name="due_at" type="date" label=${t("board.due")} error=${wrong.due_at} />
  `;
  return html`<${PartForm} open=${t("board.new")} submit=${t("board.create")} names=${NAMES} fields=${fields} save=${save} />`;
}

/** What other systems have is not told as it changes. */
function Again() {
  const busy = board.state.value === "loading";
  return html`<button class="button small" aria-disabled=${String(busy)} onClick=${() => !busy && readJobs()}>
    <${Icon} name="retry" />${t("admin.refresh")}
  </button>`;
}

function Search() {
  return html`
    <form class="filters" role="search" aria-label=${t("board.search")} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <${EditField} name="q" type="search" maxlength=${200} label=${t("board.words")} value=${words.value} onValue=${(/** @type {string} */ value) => (words.value = value)} />
    </form>
  `;
}

function Found() {
  const looked = words.value.trim();
  const before = useRef(looked);
  useEffect(() => {
    // What is chosen counts at once, what is written when the writing pauses.
    const timer = setTimeout(() => void readJobs(), looked === before.current ? 0 : PAUSE_MS);
    before.current = looked;
    return () => clearTimeout(timer);
  }, [looked, department.value]);
  const found = board.value.value;
  const failed = board.state.value === "failed" || board.state.value === "missing";
  return html`
    <div role="status">${failed && html`<p class="problem">${t("admin.failed")}</p>`}</div>
    ${failed && html`<button class="button small" onClick=${readJobs}><${Icon} name="retry" />${t("action.retry")}</button>`}
    ${found && html`<${Board} columns=${found.columns} busy=${board.state.value === "loading"} />`}
  `;
}
