import { moreSessions, sessions } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { bytes, plain, seconds } from "./figures.js";
import { ReadPart } from "./read-part.js";

/** @import { Session, SessionPage, SessionSums } from "../wire" */

/** What the server keeps in memory for the company's people, and what it takes. */
export function AdminSessions() {
  return html`<${ReadPart} title=${t("admin.sessions")} reading=${sessions} show=${shown} />`;
}

/** @param {SessionPage} page */
function shown({ sessions: list, totals, next_cursor }) {
  if (totals.sessions === 0) return html`<p class="note">${t("session.none")}</p>`;
  return html`
    <p class="sums"><b>${t("session.count", { n: totals.sessions })}</b></p>
    <${Facts} list=${sums(totals)} />
    <p class="fine">${t("session.note")}</p>
    <ul class="cards">${list.map((one) => html`<${Card} key=${one.user_id} session=${one} />`)}</ul>
    ${next_cursor && html`<button class="button" onClick=${moreSessions}>${t("session.more")}</button>`}
  `;
}

/** @param {{ session: Session }} props */
function Card({ session }) {
  const { user_id, name, email, age_s, idle_s } = session;
  const times = [
    { name: t("session.age"), value: seconds(age_s) },
    { name: t("session.idle"), value: idle_s > 0 ? seconds(idle_s) : null },
  ];
  return html`
    <li>
      <h3>${name ?? user_id}</h3>
      ${email && html`<p class="fine">${email}</p>`}
      <${Facts} list=${[...times, ...sums(session)]} />
    </li>
  `;
}

/** @param {SessionSums} of */
function sums({ threads_live, threads_quiet, live_turns, memory_bytes, cpu_s }) {
  const threads = [t("session.threads.text", { n: threads_live }), t("session.threads.quiet", { n: threads_quiet })];
  return [
    { name: t("session.threads"), value: threads.join(" · ") },
    { name: t("session.turns"), value: plain(live_turns) },
    { name: t("session.memory"), value: bytes(memory_bytes) },
    { name: t("session.cpu"), value: seconds(cpu_s) },
  ];
}
