import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { start } from "../account.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { current, screen, threads } from "../store.js";
import { later } from "./later.js";
import { roomTitle } from "./room.js";
import { Shell } from "./shell.js";
import { Wordmark } from "./wordmark.js";

const Login = later(() => import("./login.js").then((file) => file.Login));
const Password = later(() => import("./password.js").then((file) => file.Password));
const Dialog = later(() => import("./dialog.js").then((file) => file.Dialog));
const Sheet = later(() => import("./sheet.js").then((file) => file.Sheet));
const Setup = later(() => import("./setup.js").then((file) => file.Setup));

export function App() {
  useSignalEffect(() => {
    const named = screen.value === "chat" && roomTitle();
    if (named) {
      document.title = `${named} · Léa`;
      return;
    }
    const thread = threads.value.find((one) => one.id === current.value?.id);
    document.title = screen.value === "chat" && thread?.title ? `${thread.title} · Léa` : t("page.title");
  });
  return html`<${Screen} /><${Dialog} /><${Sheet} />`;
}

function Screen() {
  switch (screen.value) {
    case "setup":
      return html`<${Setup} />`;
    case "password":
      return html`<${Password} />`;
    case "login":
      return html`<${Login} />`;
    case "chat":
      return html`<${Shell} />`;
    case "unreachable":
      return html`<${Unreachable} />`;
    default:
      return html`<main class="starting"><${Wordmark} /><span class="unseen">${t("page.starting")}</span></main>`;
  }
}

const AGAIN_MS = 3000;

function Unreachable() {
  useEffect(() => {
    const timer = setInterval(start, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return html`
    <main class="starting">
      <${Wordmark} />
      <p>${t("page.unreachable")}</p>
      <button class="button" onClick=${start}>${t("action.retry")}</button>
    </main>
  `;
}
