import { html } from "../html.js";
import { t } from "../i18n.js";
import { AdminBreakers } from "./admin-breakers.js";
import { AdminDrills } from "./admin-drills.js";
import { AdminHealth } from "./admin-health.js";
import { AdminKeys } from "./admin-keys.js";
import { AdminLocks } from "./admin-locks.js";
import { AdminSessions } from "./admin-sessions.js";
import { AdminTurn } from "./admin-turn.js";
import { AdminUsers } from "./admin-users.js";
import { AdminWebhooks } from "./admin-webhooks.js";
import { FeedbackTold } from "./feedback-told.js";
import { SideToggle } from "./side-toggle.js";

/** @import { Section } from "../admin.js" */

/**
 * The administrators' room.
 * @param {{ section: Section }} props
 */
export function Admin({ section }) {
  const parts = [
    { name: "health", text: t("admin.health") },
    { name: "breakers", text: t("admin.breakers") },
    { name: "sessions", text: t("admin.sessions") },
    { name: "locks", text: t("admin.locks") },
    { name: "turns", text: t("admin.turn") },
    { name: "feedback", text: t("told.title") },
    { name: "users", text: t("people.title") },
    { name: "keys", text: t("key.title") },
    { name: "webhooks", text: t("webhook.title") },
    { name: "drills", text: t("drill.title") },
  ];
  return html`
    <main id="admin" class="chat admin" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("admin.title")}</h1></header>
      <nav class="tabs" aria-label=${t("admin.sections")}>
        ${parts.map(
          ({ name, text }) =>
            html`<a key=${name} href=${`#/admin/${name}`} aria-current=${name === section ? "page" : undefined}>${text}</a>`,
        )}
      </nav>
      <div class="scroller" key=${section}><div class="admin-page"><${Part} section=${section} /></div></div>
    </main>
  `;
}

/** @param {{ section: Section }} props */
function Part({ section }) {
  switch (section) {
    case "breakers":
      return html`<${AdminBreakers} />`;
    case "sessions":
      return html`<${AdminSessions} />`;
    case "locks":
      return html`<${AdminLocks} />`;
    case "turns":
      return html`<${AdminTurn} />`;
    case "feedback":
      return html`<${FeedbackTold} />`;
    case "users":
      return html`<${AdminUsers} />`;
    case "keys":
      return html`<${AdminKeys} />`;
    case "webhooks":
      return html`<${AdminWebhooks} />`;
    case "drills":
      return html`<${AdminDrills} />`;
    default:
      return html`<${AdminHealth} />`;
  }
}
