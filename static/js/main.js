import { render } from "preact";
import { start } from "./account.js";
import { followAddress } from "./conversations.js";
import { html } from "./html.js";
import { App } from "./view/app.js";

followAddress();
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
void start();
