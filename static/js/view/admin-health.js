import { health } from "../admin.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Facts } from "./facts.js";
import { milliseconds, seconds } from "./figures.js";
import { ReadPart } from "./read-part.js";

/** @import { Health, HealthStatus } from "../wire" */

/** How the server and what it depends on are doing. */
export function AdminHealth() {
  return html`<${ReadPart} title=${t("admin.health")} reading=${health} show=${shown} />`;
}

/** @param {Health} found */
function shown({ status, version, uptime_s, storage_backend, dependencies }) {
  return html`
    <p class="lamp" data-state=${status}>${statusText(status)}</p>
    <${Facts}
      list=${[
        { name: t("health.storage"), value: storage_backend },
        { name: t("health.uptime"), value: seconds(uptime_s) },
        { name: t("health.version"), value: version },
      ]}
    />
    <ul class="cards">
      ${Object.entries(dependencies).map(
        ([name, one]) => html`
          <li key=${name}>
            <h3>${name}</h3>
            <p class="lamp" data-state=${one.status}>${statusText(one.status)}</p>
            <${Facts}
              list=${[
                { name: t("health.latency"), value: milliseconds(one.latency_ms) },
                { name: t("health.detail"), value: one.detail },
              ]}
            />
          </li>
        `,
      )}
    </ul>
  `;
}

/** @param {HealthStatus} status */
function statusText(status) {
  if (status === "ok") return t("health.ok");
  return status === "degraded" ? t("health.degraded") : t("health.down");
}
