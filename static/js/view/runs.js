import { html } from "../html.js";
import { t } from "../i18n.js";
import { runName } from "../rooms.js";
import { RunList } from "./run-list.js";
import { RunPage } from "./run-page.js";
import { SideToggle } from "./side-toggle.js";

/** The room of runs: all of them, or one as a picture. */
export function Runs() {
  const id = runName.value;
  return html`
    <main id="runs" class="chat room" tabindex="-1">
      <header class="bar"><${SideToggle} /><h1>${t("runs.title")}</h1></header>
      <div class="scroller" key=${id}>
        <div class="room-page">${id ? html`<${RunPage} key=${id} id=${id} />` : html`<${RunList} />`}</div>
      </div>
    </main>
  `;
}
