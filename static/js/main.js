import { render } from "preact";
import { start } from "./account.js";
import { addressed } from "./address.js";
import { bring } from "./bringing.js";
import { followAddress } from "./conversations.js";
import { html } from "./html.js";
import { listenToKeys } from "./keys.js";
import { App } from "./view/app.js";
import { bringSaid } from "./view/messages.js";

const SOON_MS = 300;

followAddress();
listenToKeys();
render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
// What happens elsewhere can be told once it is known who is here.
void start().finally(() => {
  void bring(() => import("./live.js")).then(({ followEvents }) => followEvents());
  void bring(() => import("./notify-runs.js")).then(({ watchRunsWhileHidden }) => watchRunsWhileHidden());
});
// One can write before what shows an answer has come; it comes before it is needed.
if (addressed.value) bringSaid();
else setTimeout(bringSaid, SOON_MS);
