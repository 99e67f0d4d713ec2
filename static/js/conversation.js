import { signal } from "@preact/signals";
import { draftOf, keepDraft } from "./drafts.js";
import { answer, canGoOn, question } from "./entries.js";
import { uuid } from "./ids.js";
import { ASK, ShownThread } from "./shown-thread.js";

/** @import { Entry } from "./entries.js" */
/** @import { Turn } from "./turn.js" */

const NEW = "new";
const STOP_PATIENCE_MS = 5000;

/** One thread on the page with what one can do in it: write, send, stop, try again, go on. */
export class Conversation extends ShownThread {
  /**
   * @param {string} id
   * @param {string} userId
   * @param {{ fresh: boolean }} how fresh: nothing was sent yet, the server does not know it
   */
  constructor(id, userId, { fresh }) {
    super(id, { fresh });
    this.userId = userId;
    this.draftKey = fresh ? NEW : id;
    this.draft = signal(draftOf(userId, this.draftKey));
    this.sendWhenRead = false;
  }

  /** @override */
  async read() {
    await super.read();
    const asked = this.sendWhenRead;
    this.sendWhenRead = false;
    if (asked) this.sendDraft();
  }

  /** @override */
  vanish() {
    const unknown = this.status.value === "loading" && this.draft.value !== "";
    super.vanish();
    // A first message that never arrived left a thread only this browser knows, and its draft.
    if (unknown) this.status.value = "ready";
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
    const onAccepted = () => {
      if (draftOf(this.userId, this.id) === text) keepDraft(this.userId, this.id, "");
    };
    const turn = this.follow({ path: ASK, method: "POST", body }, { text, onAccepted });
    this.show([...this.entries.value, question(`${requestId} question`, text), answer(requestId, turn)]);
    this.leaveFreshness();
  }

  /** Retry of the last answer: the same request where the server may still have it, else a new attempt. */
  retry() {
    const last = this.entries.value.at(-1);
    if (last?.turn) last.turn.retry();
    else if (last) this.answerAgain(last, "regenerate", "");
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
    this.show([...this.entries.value.slice(0, -1), answer(last.key, turn, last)]);
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
}
