import { locks } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { milliseconds, plain, seconds } from "./figures.js";
import { ReadPart } from "./read-part.js";

/** @import { LockHolder, LockLevel, Locks, Spread } from "../wire" */

/** What the locks of the process that answers took lately, and which of the company's conversations are held now. */
export function AdminLocks() {
  return html`<${ReadPart} title=${t("admin.locks")} reading=${locks} show=${shown} />`;
}

/** @param {Locks} found */
function shown({ levels, held, waiting, holders }) {
  const now = [
    { name: t("lock.held"), value: plain(held) },
    { name: t("lock.waiting"), value: plain(waiting) },
  ];
  return html`
    <${Facts} list=${now} />
    <p class="fine">${t("lock.note")}</p>
    <ul class="cards">
      ${Object.entries(levels).map(([name, level]) => html`<${Level} key=${name} name=${name} level=${level} />`)}
    </ul>
    ${holders.length > 0 &&
    html`
      <h3>${t("lock.holders")}</h3>
      <ul class="cards">${holders.map((one) => html`<${Holder} key=${`${one.user_id} ${one.thread_id}`} holder=${one} />`)}</ul>
    `}
  `;
}

/** @param {{ name: string, level: LockLevel }} props */
function Level({ name, level }) {
  const facts = [
    { name: t("lock.count"), value: plain(level.count) },
    { name: t("lock.wait"), value: level.count > 0 ? spreadText(level.wait_ms) : null },
    { name: t("lock.hold"), value: level.count > 0 ? spreadText(level.held_ms) : null },
  ];
  return html`<li><h3>${levelText(name)}</h3><${Facts} list=${facts} /></li>`;
}

/** @param {{ holder: LockHolder }} props */
function Holder({ holder }) {
  const { user_id, thread_id, turn_id, held_s, waiting } = holder;
  const facts = [
    { name: t("lock.user"), value: user_id },
    { name: t("lock.since"), value: seconds(held_s) },
    { name: t("lock.behind"), value: plain(waiting) },
  ];
  return html`
    <li>
      <h3>${turn_id === null ? thread_id : html`<a href=${`#/admin/turns/${turn_id}`}>${thread_id}</a>`}</h3>
      <${Facts} list=${facts} />
    </li>
  `;
}

/** @param {Spread} of */
function spreadText({ p50, p99, max }) {
  return t("lock.spread", { half: milliseconds(p50), most: milliseconds(p99), max: milliseconds(max) });
}

/** @param {string} name */
function levelText(name) {
  if (name === "global") return t("lock.global");
  return name === "session" ? t("lock.session") : t("lock.thread");
}
