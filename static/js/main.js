import { render } from "preact";
import { start } from "./account.js";
import { followAddress } from "./conversations.js";
import { html } from "./html.js";
import { followEvents } from "./live.js";
import { App } from "./view/app.js";

followAddress();
followEvents();
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
void start();
