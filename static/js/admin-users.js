import { effect, signal } from "@preact/signals";
import { section } from "./admin.js";
import { Refused, json } from "./api.js";
import { t } from "./i18n.js";
import { Reading } from "./reading.js";
import { me } from "./store.js";

/** @import { ApiKey, ApiKeyPage, DrillReport, User, UserPage } from "./wire" */

const USERS = "/v1/admin/users";
const KEYS = "/v1/admin/keys";

/** What is looked for among the people. */
export const words = signal("");

const usersPath = () => {
  const q = words.peek().trim();
  return `${USERS}?limit=50${q ? `&q=${encodeURIComponent(q)}` : ""}`;
};

/** @type {Reading<UserPage>} */
export const users = new Reading(() => json(usersPath()));

/** @type {Reading<ApiKeyPage>} */
export const keys = new Reading(() => json(`${KEYS}?limit=50`));

/** Whose a new key can be. @type {Reading<UserPage>} */
export const holders = new Reading(() => json(`${USERS}?limit=100`));

/** @type {Reading<{ drills: DrillReport[] }>} */
export const drills = new Reading(() => json("/v1/admin/drills"));

/**
 * A secret that can be read this once: kept until it is closed or the part is left.
 * @type {import("@preact/signals").Signal<{ kind: "link" | "key" | "secret", name: string, value: string, expires_at?: string } | null>}
 */
export const once = signal(null);

/** What became of what was asked for last. @type {import("@preact/signals").Signal<{ text: string, wrong: boolean } | null>} */
export const told = signal(null);

effect(() => {
  void section.value;
  once.value = null;
  told.value = null;
});

effect(() => {
  if (me.value) return;
  for (const reading of [users, keys, holders, drills]) reading.forget();
  words.value = "";
});

/** The next page of people, below those that are shown. */
export async function moreUsers() {
  const shown = users.value.peek();
  if (!shown?.next_cursor) return;
  /** @type {UserPage | null} */
  const next = await json(`${usersPath()}&cursor=${encodeURIComponent(shown.next_cursor)}`).catch(() => null);
  if (next && users.value.peek() === shown) users.value.value = { ...next, users: [...shown.users, ...next.users] };
}

/** The next page of keys, below those that are shown. */
export async function moreKeys() {
  const shown = keys.value.peek();
  if (!shown?.next_cursor) return;
  /** @type {ApiKeyPage | null} */
  const next = await json(`${KEYS}?limit=50&cursor=${encodeURIComponent(shown.next_cursor)}`).catch(() => null);
  if (next && keys.value.peek() === shown) keys.value.value = { ...next, keys: [...shown.keys, ...next.keys] };
}

/**
 * @param {Record<string, string>} given refusals are thrown, for the form to show
 */
export async function invite(given) {
  begin();
  const { user, link } = await json(USERS, { method: "POST", body: given });
  once.value = { kind: "link", name: user.name, value: link.url, expires_at: link.expires_at };
  await users.read();
}

/**
 * @param {User} user
 * @param {Record<string, unknown>} given refusals are thrown, for the form to show
 */
export async function changeUser(user, given) {
  begin();
  /** @type {User} */
  const changed = await json(pathOf(user), { method: "PATCH", body: given });
  const shown = users.value.peek();
  if (shown) {
    users.value.value = { ...shown, users: shown.users.map((one) => (one.id === changed.id ? changed : one)) };
  }
  const self = me.peek();
  if (self?.user_id === changed.id) me.value = { ...self, name: changed.name };
}

/**
 * @param {User} user
 * @param {boolean} disabled
 */
export async function setDisabled(user, disabled) {
  const { name } = user;
  await attempt(async () => {
    await changeUser(user, { disabled });
    told.value = { text: disabled ? t("people.disabled.told", { name }) : t("people.enabled.told", { name }), wrong: false };
  });
}

/** @param {User} user */
export async function newLink(user) {
  await attempt(async () => {
    const { url, expires_at } = await json(`${pathOf(user)}/link`, { method: "POST", body: {} });
    once.value = { kind: "link", name: user.name, value: url, expires_at };
  });
}

/**
 * @param {Record<string, string>} given refusals are thrown, for the form to show
 */
export async function createKey(given) {
  begin();
  const { key, secret } = await json(KEYS, { method: "POST", body: given });
  once.value = { kind: "key", name: key.name, value: secret };
  await keys.read();
}

/** @param {ApiKey} key */
export async function revokeKey(key) {
  await attempt(async () => {
    await json(`${KEYS}/${encodeURIComponent(key.id)}`, { method: "DELETE" });
    told.value = { text: t("key.revoked.told", { label: key.label || key.begins }), wrong: false };
  });
  await keys.read();
}

/** @param {User} user */
const pathOf = (user) => `${USERS}/${encodeURIComponent(user.id)}`;

function begin() {
  once.value = null;
  told.value = null;
}

/** @param {() => Promise<void>} act */
async function attempt(act) {
  begin();
  try {
    await act();
  } catch (error) {
    told.value = { text: error instanceof Refused ? error.message : t("notice.failed"), wrong: true };
  }
}
