import { language } from "./i18n.js";

/** @import { Problem, Tokens } from "./wire" */

/** The server refused; `problem.detail` is a sentence for people. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Problem} problem
   * @param {number | null} retryAfter seconds
   */
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** The server could not be reached, or went away in the middle. */
export class Unreachable extends Error {}

/** Refreshing did not help: nobody is signed in any more. */
export class SignedOut extends Error {}

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {unknown} [body]
 * @property {string} [accept]
 * @property {string | null} [after] the last event that was read, for a stream that goes on after it
 * @property {AbortSignal} [signal]
 */

/** @type {string | null} kept in memory only: a script that reads storage finds nothing */
let token = null;
/** @type {Promise<void> | null} */
let refreshing = null;
let whenSignedOut = () => {};

/** @param {() => void} act called when a request finds out that the session is over */
export function onSignedOut(act) {
  whenSignedOut = act;
}

/** @param {Tokens | null} tokens */
export function setTokens(tokens) {
  token = tokens?.access_token ?? null;
}

/** @param {string} accept */
function headersFor(accept) {
  /** @type {Record<string, string>} */
  const headers = { Accept: accept, "Accept-Language": language.value };
  if (token) headers.Authorization = `Bearer ${token}`;
  return headers;
}

/**
 * One request, without any retry.
 * @param {string} path
 * @param {Options} options
 */
async function send(path, { method = "GET", body, accept = "application/json", after, signal }) {
  const headers = headersFor(accept);
  if (after) headers["Last-Event-ID"] = after;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return (await takeAsked(path)) ?? await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(path, { cause: error });
  }
}

/**
 * The answer to what was asked before the modules came; null where that was not asked, or has failed.
 * @param {string} path
 */
async function takeAsked(path) {
  const asked = window.leaAsked?.get(path);
  window.leaAsked?.delete(path);
  return (await asked?.catch(() => null)) ?? null;
}

/** @param {Response} response */
async function refusal(response) {
  /** @type {Problem} */
  const problem = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After"));
  return new Refused(response.status, problem, seconds > 0 ? seconds : null);
}

/** A new access token from the cookie. Requests that meet a 401 together share one refresh. */
export function refresh() {
  refreshing ??= renew().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function renew() {
  const response = await send("/v1/auth/refresh", { method: "POST", body: {} });
  if (response.ok) return setTokens(await response.json());
  if (response.status >= 500 || response.status === 429) throw await refusal(response);
  setTokens(null);
  throw new SignedOut();
}

/**
 * A request to a route that needs no account: a 401 is an answer like any other.
 * @param {string} path
 * @param {Options} [options]
 */
export async function publicJson(path, options = {}) {
  const response = await send(path, options);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

/**
 * A request as the signed-in user.
 * @param {string} path
 * @param {Options} [options]
 */
export function request(path, options = {}) {
  return asUser(() => send(path, options));
}

/**
 * As `request`, for what fetch cannot do: `ask` is given the headers. After a 401 it refreshes once and asks again once.
 * @param {(headers: Record<string, string>) => Promise<Response>} ask
 */
export async function asUser(ask) {
  const used = token;
  let response = await ask(headersFor("application/json"));
  if (response.status === 401) {
    try {
      if (token === used) await refresh();
      response = await ask(headersFor("application/json"));
    } catch (error) {
      if (error instanceof SignedOut) whenSignedOut();
      throw error;
    }
    if (response.status === 401) {
      setTokens(null);
      whenSignedOut();
      throw new SignedOut();
    }
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/**
 * @param {string} path
 * @param {Options} [options]
 */
export async function json(path, options) {
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}
