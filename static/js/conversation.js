import { json } from "./api.js";
import { answer, canGoOn, inPlace, question, withOneMore } from "./entries.js";
import { uuid } from "./ids.js";
import { ASK } from "./shown-thread.js";
import { WrittenThread } from "./written-thread.js";

/** @import { Entry } from "./entries.js" */
/** @import { Attachment } from "./wire" */
/** @import { Turn } from "./turn.js" */

const STOP_PATIENCE_MS = 5000;

/** One thread on the page with what one can do in it: write, send, stop, try again, go on. */
export class Conversation extends WrittenThread {
  /** @override */
  vanish() {
    const unknown = this.status.value === "loading" && this.draft.value !== "";
    super.vanish();
    // A first message that never arrived left a thread only this browser knows, and its draft.
    if (unknown) this.status.value = "ready";
  }

  /**
   * @override
   * @param {string} text
   */
  send(text) {
    const failed = this.live.value;
    if (failed) this.giveUp(failed, null);
    const asked = this.entries.value.findLast((entry) => entry.role === "user");
    const files = this.attachments.take();
    const { requestId, body } = this.asking(text, this.entries.value, asked?.unsent ? asked.parent : null, files);
    const turn = this.follow({ path: ASK, method: "POST", body }, { text, onAccepted: this.emptied(text, files) });
    this.show([...this.entries.value, question(`${requestId} question`, text, { files }), answer(requestId, turn)]);
    this.leaveFreshness();
  }

  /**
   * What is sent with a message.
   * @param {string} text
   * @param {Entry[]} before
   * @param {string | null} parent null: the newest message
   * @param {Attachment[]} files
   */
  asking(text, before, parent, files) {
    const last = before.findLast((entry) => entry.role === "assistant" && entry.text);
    const requestId = uuid();
    const body = {
      message: text,
      session_id: this.id,
      request_id: requestId,
      ...(parent === null ? {} : { parent_message_id: parent }),
      ...(files.length > 0 ? { attachments: files.map(({ id }) => id) } : {}),
      ...(last ? { last_assistant_message: last.text } : {}),
    };
    return { requestId, body };
  }

  /**
   * Says a message again in other words: a branch of its own, the earlier one is kept.
   * @param {Entry} entry
   * @param {string} text
   * @returns {Promise<boolean>} whether it was sent
   */
  async resend({ key }, text) {
    const failed = this.live.value;
    if (failed && !this.busy.value) this.giveUp(failed, null);
    const place = () => this.entries.value.findIndex((one) => one.key === key);
    if (!this.entries.value[place()]?.parent) await this.load();
    const old = this.entries.value[place()];
    if (!old?.parent || this.busy.value) return false;
    const before = this.entries.value.slice(0, place());
    const { requestId, body } = this.asking(text, before, old.parent, old.files);
    const turn = this.follow({ path: ASK, method: "POST", body }, { text });
    const version = { files: old.files, parent: old.parent, siblings: old.unsent ? old.siblings : withOneMore(old) };
    this.show([...before, question(`${requestId} question`, text, version), answer(requestId, turn)]);
    return true;
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
    this.show([...this.entries.value.slice(0, -1), answer(last.key, turn, { ...last, siblings: withOneMore(last) })]);
  }

  /**
   * Shows another version of a message, with what was said after it, here and in every other tab.
   * @param {Entry} entry
   * @param {string} version
   */
  async choose(entry, version) {
    if (this.busy.value || version === "") return;
    const thread = await json(`${this.path}/branch`, { method: "POST", body: { message_id: version } });
    if (this.live.value) return;
    const at = this.entries.value.findIndex((one) => one.key === entry.key);
    // What follows is something else: nothing of it, an open editor for instance, is that of what was shown.
    this.show(inPlace(this.entriesOf(thread), this.entries.value.slice(0, at + 1)));
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
