import { computed, signal } from "@preact/signals";
import { Refused, SignedOut, json } from "./api.js";
import { goTo } from "./address.js";
import { announce } from "./announce.js";
import { draftOf, keepDraft } from "./drafts.js";
import { Elsewhere } from "./elsewhere.js";
import { answer, canGoOn, fromMessages, inPlace, question, settled } from "./entries.js";
import { outcomeText } from "./failure-text.js";
import { t } from "./i18n.js";
import { uuid } from "./ids.js";
import { current } from "./store.js";
import { began, ended } from "./threads.js";
import { Turn } from "./turn.js";

/** @import { Entry } from "./entries.js" */
/** @import { Source } from "./turn.js" */
/** @import { FinishReason, ThreadDetail } from "./wire" */

const NEW = "new";
const ASK = "/v1/lea/chat/stream";
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
    /** @type {Promise<void> | null} */
    this.reading = null;
    this.elsewhere = new Elsewhere({
      idle: () => this.live.value === null && !this.fresh,
      shown: () => current.value === this,
      read: () => this.load(),
    });
    this.live = computed(() => this.entries.value.findLast((entry) => entry.turn)?.turn ?? null);
    this.busy = computed(() => this.live.value !== null && this.live.value.state.value.phase !== "ended");
  }

  /** Reads what was said, and follows the answer that is being written. */
  load() {
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  async read() {
    this.elsewhere.stale = false;
    try {
      /** @type {ThreadDetail} */
      const thread = await json(this.path);
      // Something was sent meanwhile: this is older than what is shown.
      if (this.live.value) this.elsewhere.stale = true;
      else this.show(inPlace(this.entriesOf(thread), this.entries.value));
      this.status.value = "ready";
    } catch (error) {
      if (error instanceof SignedOut) return;
      const missing = error instanceof Refused && error.status === 404;
      // A first message that never arrived left a thread only this browser knows, and its draft.
      if (missing && this.draft.value) this.status.value = "ready";
      else if (missing) this.vanish();
      else if (this.status.value === "ready") this.elsewhere.stale = true;
      else this.status.value = "failed";
    }
    const asked = this.sendWhenRead;
    this.sendWhenRead = false;
    if (asked) this.sendDraft();
  }

  /** @param {ThreadDetail} thread */
  entriesOf({ messages, live_turn_id: live }) {
    const entries = fromMessages(messages);
    const last = messages.at(-1);
    const at = entries.findLastIndex((entry) => live !== null && entry.turnId === live);
    if (live) {
      const kept = entries[at]?.text ?? "";
      entries.splice(at < 0 ? entries.length : at, 1, answer(live, this.follow(live, { shown: kept })));
    } else if (last?.role === "user") {
      entries.push({ ...answer(`${last.id} unanswered`, null), finish: "interrupted" });
    }
    return entries;
  }

  /** It was deleted. */
  vanish() {
    this.close();
    this.show([]);
    this.status.value = "missing";
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
    const turn = this.follow({ path: ASK, method: "POST", body }, { text });
    this.show([...this.entries.value, question(`${requestId} question`, text), answer(requestId, turn)]);
    if (this.fresh) goTo(this.id, { replace: true });
    this.fresh = false;
  }

  /** Retry of the last answer: the same request where the server may still have it, else a new attempt. */
  retry() {
    const last = this.entries.value.at(-1);
    if (!last) return;
    if (last.turn) return last.turn.retry();
    this.answerAgain(last, "regenerate", "");
  }

  /** Goes on with the last answer where it was cut. */
  goOn() {
    const last = this.entries.value.at(-1);
    if (last && canGoOn(last)) this.answerAgain(last, "continue", last.text);
  }

  /**
   * @param {Entry} last
   * @param {"regenerate" | "continue"} how
   * @param {string} shown
   */
  answerAgain(last, how, shown) {
    const body = { request_id: uuid() };
    const turn = this.follow({ path: `${this.path}/${how}`, method: "POST", body }, { shown });
    this.show([...this.entries.value.slice(0, -1), answer(last.key, turn)]);
  }

  /**
   * @param {Source | string} from what begins the turn, or the id of one that lives at the server
   * @param {{ text?: string, shown?: string }} what text: the message, where it is one; shown: of the answer
   */
  follow(from, { text, shown }) {
    /** @type {import("./turn.js").Listeners} */
    const listeners = {
      onAccepted: () => {
        if (turn.id) this.elsewhere.follows(turn.id);
        announce(t("announce.thinking"));
        if (text && draftOf(this.userId, this.id) === text) keepDraft(this.userId, this.id, "");
        began(this.id, text ?? "");
      },
      onEnded: () => this.settle(turn),
      onGone: () => {
        this.giveUp(turn, null);
        void this.load();
      },
      onSignedOut: () => {},
    };
    const turn = new Turn(this.id, from, listeners, shown);
    if (turn.id) this.elsewhere.follows(turn.id);
    return turn;
  }

  /** @param {Turn} turn */
  settle(turn) {
    this.stopping.value = false;
    announce(outcomeText(turn.now) || t("announce.done"));
    if (!turn.now.done) return;
    this.show(this.entries.value.map((entry) => (entry.turn === turn ? settled(entry, turn) : entry)));
    ended(this.id);
    // An answer without an end belongs to a turn that comes after this one.
    if (this.entries.value.some((entry) => entry.turnId && !entry.finish)) this.elsewhere.changed();
    else this.elsewhere.catchUp();
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
    if (turn.id) this.elsewhere.leaves(turn.id);
    const unsent = turn.source?.path === ASK && !turn.now.accepted;
    const at = this.entries.value.findIndex((entry) => entry.turn === turn);
    this.show(
      this.entries.value.map((entry, index) => {
        if (index === at) return { ...settled(entry, turn), finish };
        return index === at - 1 && entry.role === "user" ? { ...entry, unsent } : entry;
      }),
    );
  }

  /** @param {Entry[]} entries */
  show(entries) {
    this.entries.value = entries;
  }

  close() {
    this.elsewhere.close();
    for (const entry of this.entries.value) entry.turn?.leave();
  }
}
