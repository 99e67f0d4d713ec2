import { signal } from "@preact/signals";
import { Attachments } from "./attachments.js";
import { draftFilesOf, draftOf, keepDraft } from "./drafts.js";
import { ShownThread } from "./shown-thread.js";

/** @import { Attachment, FinishReason } from "./wire" */
/** @import { Turn } from "./turn.js" */

const NEW = "new";
/** @type {Set<FinishReason>} */
const WHOLE = new Set(["stop", "action"]);

/** A thread with what stands in its composer, which is kept, and leaves when nothing is in its way. */
export class WrittenThread extends ShownThread {
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
    this.attachments = new Attachments(draftFilesOf(userId, this.draftKey), () => this.filesChanged());
    /** @type {import("@preact/signals").Signal<"" | "files" | "answer">} what the message waits for */
    this.held = signal("");
    this.sendWhenRead = false;
  }

  /** @param {string} _text begins a turn */
  send(_text) {
    throw new Error("not written for this kind of thread");
  }

  /** @override */
  async read() {
    await super.read();
    const asked = this.sendWhenRead;
    this.sendWhenRead = false;
    if (asked) this.sendDraft();
  }

  /** @override @param {Turn} turn */
  settle(turn) {
    super.settle(turn);
    if (this.held.value !== "answer") return;
    this.held.value = "";
    // What was cut or went wrong one reads first: it may be another message then.
    if (turn.now.done && WHOLE.has(turn.now.done.finish_reason)) this.sendDraft();
  }

  /** @override @param {Turn} turn @param {FinishReason | null} finish */
  giveUp(turn, finish) {
    super.giveUp(turn, finish);
    if (this.held.value === "answer") this.held.value = "";
  }

  /** What stands in the composer; while an answer is written, a thread or a file read, it leaves afterwards. */
  sendDraft() {
    const text = this.draft.value.trim();
    if (this.status.value === "loading") this.sendWhenRead = true;
    else if (this.status.value === "ready" && text) {
      this.held.value = this.busy.value ? "answer" : this.attachments.pending.value ? "files" : "";
      if (!this.held.value) this.send(text);
    }
  }

  /** @param {string} text */
  write(text) {
    this.draft.value = text;
    // Who goes on writing sends it again when it is all there.
    if (!text.trim() || this.held.value === "answer") this.held.value = "";
    this.keep();
  }

  /**
   * Only the composer: in storage the draft stays until the server has the message.
   * @param {string} text
   * @param {Attachment[]} files
   * @returns {() => void} what to do then
   */
  emptied(text, files) {
    keepDraft(this.userId, this.draftKey, "");
    this.draftKey = this.id;
    keepDraft(this.userId, this.draftKey, text, files);
    this.draft.value = "";
    return () => {
      if (draftOf(this.userId, this.id) === text) keepDraft(this.userId, this.id, "", this.attachments.ready.value);
    };
  }

  keep() {
    keepDraft(this.userId, this.draftKey, this.draft.value, this.attachments.ready.value);
  }

  filesChanged() {
    this.keep();
    if (this.held.value !== "files" || this.attachments.pending.value) return;
    this.held.value = "";
    // Of a file that was refused one is told first.
    if (!this.attachments.failed.value) this.sendDraft();
  }
}
