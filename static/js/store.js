import { signal } from "@preact/signals";

/** @import { LlmStatus, Me, Thread } from "./wire" */
/** @import { Conversation } from "./conversation.js" */

/**
 * @template T
 * @typedef {import("@preact/signals").Signal<T>} Signal
 */

/** @type {Signal<"starting" | "unreachable" | "setup" | "password" | "login" | "chat">} */
export const screen = signal("starting");

/** @type {Signal<Me | null>} */
export const me = signal(null);

/** The session ended by itself, not because someone signed out. */
export const expired = signal(false);

/** Why a one-time link did not sign anyone in, in the server's words. */
export const linkRefused = signal("");

/** An empty server waits for its first account. */
export const setupNeeded = signal(false);

/** @type {Signal<LlmStatus | null>} */
export const llm = signal(null);

/** @type {Signal<Thread[]>} the pinned ones, then newest first */
export const threads = signal([]);

/** @type {Signal<Thread[] | null>} those that were put away, while they are what the list shows */
export const archived = signal(null);

/** @type {Signal<string | null>} */
export const archivedCursor = signal(null);

/** @type {Signal<"loading" | "ready" | "failed">} */
export const threadsState = signal("loading");

/** @type {Signal<string | null>} */
export const threadsCursor = signal(null);

/** @type {Signal<Conversation | null>} */
export const current = signal(null);

/** The side panel of a narrow window. */
export const sideOpen = signal(false);

/** @type {Signal<string>} one quiet line about something that did not work outside the conversation */
export const notice = signal("");

/** Grows when something that is asked at set times has changed. */
export const scheduleNews = signal(0);
