import { Refused, SignedOut, json, onSignedOut, publicJson, refresh, setTokens } from "./api.js";
import { goTo, takeToken } from "./address.js";
import { closeConversations } from "./conversations.js";
import { forgetDrafts } from "./drafts.js";
import { expired, linkRefused, llm, me, screen, setupNeeded, threads, threadsState } from "./store.js";

/** @import { Tokens } from "./wire" */

/** @type {ReturnType<typeof takeToken>} kept until it was used, so that a server that is down costs no link */
let link = null;

onSignedOut(() => {
  if (screen.value !== "chat") return;
  expired.value = true;
  leave();
});

/** Finds out who is here: from a one-time link, or quietly from the cookie. */
export async function start() {
  link = takeToken() ?? link;
  try {
    if (link?.kind === "setup") {
      screen.value = "setup";
    } else if (link?.kind === "password") {
      screen.value = "password";
    } else if (link?.kind === "signin") {
      await enter("/v1/auth/link", { token: link.token });
    } else {
      await refresh();
      await welcome();
    }
  } catch (error) {
    const refused = error instanceof Refused && error.status < 500;
    if (link && refused) linkRefused.value = error.message;
    if (refused || error instanceof SignedOut) await lookForSetup();
    else screen.value = "unreachable";
  }
}

async function lookForSetup() {
  try {
    setupNeeded.value = (await publicJson("/v1/auth/setup")).needed;
    link = null;
    screen.value = "login";
  } catch {
    screen.value = "unreachable";
  }
}

/**
 * @param {string} email
 * @param {string} password
 */
export function login(email, password) {
  return enter("/v1/auth/login", { email, password });
}

/** @param {{ email: string, password: string, name: string, company: string, sample: boolean }} account */
export function createFirstAccount(account) {
  return enter("/v1/auth/setup", { token: link?.token, ...account });
}

/** @param {string} password */
export function choosePassword(password) {
  return enter("/v1/auth/password", { token: link?.token, password });
}

/**
 * @param {string} path
 * @param {Record<string, unknown>} body
 */
async function enter(path, body) {
  /** @type {Tokens} */
  const tokens = await publicJson(path, { method: "POST", body: { ...body, cookie: true } });
  setTokens(tokens);
  await welcome();
}

async function welcome() {
  me.value = await json("/v1/auth/me");
  link = null;
  setupNeeded.value = false;
  expired.value = false;
  linkRefused.value = "";
  screen.value = "chat";
  // Nobody waits for what it says beside the composer.
  void json("/v1/llm/status").then(
    (told) => (llm.value = told),
    () => (llm.value = null),
  );
}

export async function logout() {
  await publicJson("/v1/auth/logout", { method: "POST", body: {} }).catch(() => null);
  if (me.value) forgetDrafts(me.value.user_id);
  goTo(null, { replace: true });
  leave();
}

function leave() {
  setTokens(null);
  closeConversations();
  me.value = null;
  threads.value = [];
  threadsState.value = "loading";
  screen.value = "login";
}
