import { render } from "preact";
import { start } from "./account.js";
import { followAddress } from "./conversations.js";
import { html } from "./html.js";
import { listenToKeys } from "./keys.js";
import { followEvents } from "./live.js";
import { watchRunsWhileHidden } from "./notify-ends.js";
import { App } from "./view/app.js";
import { bringSaid } from "./view/messages.js";

followAddress();
followEvents();
watchRunsWhileHidden();
listenToKeys();
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
void start();
// One can write before what shows an answer has come; it comes before it is needed.
bringSaid();
