import { computed, signal } from "@preact/signals";
import { Refused, SignedOut, json } from "./api.js";
import { goTo } from "./address.js";
import { announce } from "./announce.js";
import { draftOf, keepDraft } from "./drafts.js";
import { answer, fromMessages, question, settled } from "./entries.js";
import { failureText } from "./failure-text.js";
import { t } from "./i18n.js";
import { uuid } from "./ids.js";
import { began, ended } from "./threads.js";
import { Turn } from "./turn.js";

/** @import { Entry } from "./entries.js" */
/** @import { Source } from "./turn.js" */
/** @import { FinishReason, ThreadDetail } from "./wire" */

const NEW = "new";
const STOP_PATIENCE_MS = 5000;

/** One thread on the page: what was said, the turn being followed, and the draft. */
export class Conversation {
  /**
   * @param {string} id
   * @param {string} userId
   * @param {{ fresh: boolean }} how fresh: nothing was sent yet, the server does not know it
   */
  constructor(id, userId, { fresh }) {
    this.id = id;
    this.userId = userId;
    this.fresh = fresh;
    this.path = `/v1/lea/threads/${encodeURIComponent(id)}`;
    /** @type {import("@preact/signals").Signal<"loading" | "ready" | "missing" | "failed">} */
    this.status = signal(fresh ? "ready" : "loading");
    /** @type {import("@preact/signals").Signal<Entry[]>} */
    this.entries = signal([]);
    this.draftKey = fresh ? NEW : id;
    this.draft = signal(draftOf(userId, this.draftKey));
    this.stopping = signal(false);
    this.sendWhenRead = false;
    this.live = computed(() => this.entries.value.findLast((entry) => entry.turn)?.turn ?? null);
    this.busy = computed(() => this.live.value !== null && this.live.value.state.value.phase !== "ended");
  }

  async load() {
    try {
      /** @type {ThreadDetail} */
      const thread = await json(this.path);
      const entries = fromMessages(thread.messages);
      const last = thread.messages.at(-1);
      if (thread.live_turn_id) {
        // The turn tells its whole text, so what the server has kept of it so far would be shown twice.
        if (last?.role === "assistant" && last.turn_id === thread.live_turn_id) entries.pop();
        const turn = this.follow({ path: `${this.path}/stream`, method: "GET" });
        entries.push(answer(thread.live_turn_id, turn));
      } else if (last?.role === "user") {
        entries.push({ ...answer(`${last.id} unanswered`, null), finish: "interrupted" });
      }
      this.show(entries);
      this.status.value = "ready";
    } catch (error) {
      if (error instanceof SignedOut) return;
      const missing = error instanceof Refused && error.status === 404;
      // A first message that never arrived left a thread only this browser knows, and its draft.
      if (missing && this.draft.value) this.status.value = "ready";
      else this.status.value = missing ? "missing" : "failed";
    }
    const asked = this.sendWhenRead;
    this.sendWhenRead = false;
    if (asked) this.sendDraft();
  }

  /** What stands in the composer; a thread that is still being read sends it afterwards. */
  sendDraft() {
    const text = this.draft.value.trim();
    if (this.status.value === "loading") this.sendWhenRead = true;
    else if (this.status.value === "ready" && text && !this.busy.value) this.send(text);
  }

  /** @param {string} text */
  write(text) {
    this.draft.value = text;
    keepDraft(this.userId, this.draftKey, text);
  }

  /** @param {string} text */
  send(text) {
    const last = this.entries.value.findLast((entry) => entry.role === "assistant" && entry.text);
    const requestId = uuid();
    const body = {
      message: text,
      session_id: this.id,
      request_id: requestId,
      ...(last ? { last_assistant_message: last.text } : {}),
    };
    const failed = this.live.value;
    if (failed) this.giveUp(failed, null);
    // The draft stays in storage until the server has the message; only the composer is emptied.
    keepDraft(this.userId, this.draftKey, "");
    this.draftKey = this.id;
    keepDraft(this.userId, this.draftKey, text);
    this.draft.value = "";
    const turn = this.follow({ path: "/v1/lea/chat/stream", method: "POST", body }, text);
    this.show([...this.entries.value, question(`${requestId} question`, text), answer(requestId, turn)]);
    if (this.fresh) goTo(this.id, { replace: true });
    this.fresh = false;
  }

  /** Retry of the last answer: the same request where the server may still have it, else a new attempt. */
  retry() {
    const last = this.entries.value.at(-1);
    if (!last) return;
    if (last.turn) return last.turn.retry();
    const requestId = uuid();
    const turn = this.follow({ path: `${this.path}/regenerate`, method: "POST", body: { request_id: requestId } });
    this.show([...this.entries.value.slice(0, -1), answer(requestId, turn)]);
  }

  /**
   * @param {Source} source
   * @param {string} [text] the message, where it is one
   */
  follow(source, text) {
    const turn = new Turn(this.id, source, {
      onAccepted: () => {
        announce(t("announce.thinking"));
        if (text && draftOf(this.userId, this.id) === text) keepDraft(this.userId, this.id, "");
        began(this.id, text ?? "");
      },
      onEnded: () => this.settle(turn),
      onGone: () => void this.load(),
      onSignedOut: () => {},
    });
    return turn;
  }

  /** @param {Turn} turn */
  settle(turn) {
    this.stopping.value = false;
    const { done, failure } = turn.now;
    announce(failure ? failureText(failure) : t("announce.done"));
    if (!done) return;
    this.show(this.entries.value.map((entry) => (entry.turn === turn ? settled(entry, turn) : entry)));
    ended(this.id);
  }

  async stop() {
    const turn = this.live.value;
    if (!turn || this.stopping.value) return;
    this.stopping.value = true;
    const patience = setTimeout(() => this.abandon(turn), STOP_PATIENCE_MS);
    await turn.stop().catch(() => this.abandon(turn));
    if (!this.busy.value) clearTimeout(patience);
  }

  /**
   * The server could not be told, or does not say `done`: stop reading, keep what is there.
   * @param {Turn} turn
   */
  abandon(turn) {
    if (this.live.value !== turn) return;
    this.stopping.value = false;
    this.giveUp(turn, "stopped");
  }

  /**
   * Leaves a turn behind; its message is marked where the server never had it.
   * @param {Turn} turn
   * @param {FinishReason | null} finish
   */
  giveUp(turn, finish) {
    turn.leave();
    const at = this.entries.value.findIndex((entry) => entry.turn === turn);
    this.show(
      this.entries.value.map((entry, index) => {
        if (index === at) return { ...settled(entry, turn), finish };
        return index === at - 1 && entry.role === "user" ? { ...entry, unsent: !turn.now.accepted } : entry;
      }),
    );
  }

  /** @param {Entry[]} entries */
  show(entries) {
    this.entries.value = entries;
  }

  close() {
    for (const entry of this.entries.value) entry.turn?.leave();
  }
}
