import { computed, signal } from "@preact/signals";
import { Refused, SignedOut, json } from "./api.js";
import { goTo } from "./address.js";
import { announce } from "./announce.js";
import { Elsewhere } from "./elsewhere.js";
import { answer, fromMessages, inPlace, settled } from "./entries.js";
import { outcomeText } from "./failure-text.js";
import { t } from "./i18n.js";
import { answerEnded } from "./notify-ends.js";
import { current } from "./store.js";
import { began, ended } from "./threads.js";
import { Turn } from "./turn.js";

/** @import { Entry } from "./entries.js" */
/** @import { Listeners, Source } from "./turn.js" */
/** @import { FinishReason, Thread, ThreadDetail } from "./wire" */

/** What begins the turn of a message; the other turns are about a message the server has. */
export const ASK = "/v1/lea/chat/stream";

/** The messages of one thread as they are at the server, and the turn that is being followed. */
export class ShownThread {
  /**
   * @param {string} id
   * @param {{ fresh: boolean }} how fresh: nothing was sent yet, the server does not know it
   */
  constructor(id, { fresh }) {
    this.id = id;
    this.fresh = fresh;
    this.path = `/v1/lea/threads/${encodeURIComponent(id)}`;
    /** @type {import("@preact/signals").Signal<"loading" | "ready" | "missing" | "failed">} */
    this.status = signal(fresh ? "ready" : "loading");
    /** @type {import("@preact/signals").Signal<Entry[]>} */
    this.entries = signal([]);
    this.stopping = signal(false);
    /** @type {import("@preact/signals").Signal<ThreadDetail["transaction"]>} what it is about */
    this.about = signal(null);
    /** @type {Promise<void> | null} */
    this.reading = null;
    /** How many turns were followed. */
    this.begun = 0;
    /** @type {string | undefined} when something was last said in what was read */
    this.updatedAt = undefined;
    this.live = computed(() => this.entries.value.findLast((entry) => entry.turn)?.turn ?? null);
    this.busy = computed(() => this.live.value !== null && this.live.value.state.value.phase !== "ended");
    this.elsewhere = new Elsewhere({
      idle: () => this.live.value === null && !this.fresh,
      shown: () => current.value?.id === this.id,
      // What is being read already may be older than what happened.
      read: async () => {
        await this.reading;
        await this.load();
      },
    });
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
      let thread;
      let begun;
      do {
        begun = this.begun;
        thread = await json(this.path);
        // What was asked and answered meanwhile is on the page and may not be in it.
      } while (this.begun !== begun && !this.live.value);
      this.about.value = thread.transaction ?? null;
      this.updatedAt = thread.updated_at;
      // Something was sent meanwhile: this is older than what is shown.
      if (this.live.value) this.elsewhere.stale = true;
      else this.show(inPlace(this.entriesOf(thread), this.entries.value));
      this.status.value = "ready";
    } catch (error) {
      if (error instanceof SignedOut) return;
      if (error instanceof Refused && error.status === 404) this.vanish();
      else if (this.status.value === "ready") this.elsewhere.stale = true;
      else this.status.value = "failed";
    }
  }

  /**
   * Reads it again if it has changed since.
   * @param {Thread | undefined} listed as it is in a list that was read later
   */
  async compare(listed) {
    await this.reading;
    if (!this.fresh && listed?.updated_at !== this.updatedAt) this.elsewhere.changed();
  }

  /** @param {ThreadDetail} thread */
  entriesOf({ messages, live_turn_id: live }) {
    const entries = fromMessages(messages);
    const last = messages.at(-1);
    const at = entries.findLastIndex((entry) => live !== null && entry.turnId === live);
    if (live) {
      const kept = entries[at]?.text ?? "";
      entries.splice(at < 0 ? entries.length : at, 1, answer(live, this.follow(live, { shown: kept }), entries[at]));
    } else if (last?.role === "user") {
      entries.push({ ...answer(`${last.id} unanswered`, null), finish: "interrupted" });
    }
    return entries;
  }

  /** Something was sent: from here on it has an address. */
  leaveFreshness() {
    if (this.fresh) goTo(this.id, { replace: true });
    this.fresh = false;
  }

  /** It was deleted. */
  vanish() {
    this.close();
    this.show([]);
    this.status.value = "missing";
  }

  /**
   * @param {Source | string} from what begins the turn, or the id of one that lives at the server
   * @param {{ text?: string, shown?: string, onAccepted?: () => void }} what text: the message, where it is one;
   *   shown: of the answer
   */
  follow(from, { text = "", shown, onAccepted }) {
    /** @type {Listeners} */
    const listeners = {
      onAccepted: () => {
        if (turn.id) this.elsewhere.follows(turn.id);
        announce(t("announce.thinking"));
        onAccepted?.();
        began(this.id, text);
      },
      onEnded: () => this.settle(turn),
      onGone: () => {
        this.giveUp(turn, null);
        void this.load();
      },
      onSignedOut: () => {},
    };
    const turn = new Turn(this.id, from, listeners, shown);
    this.begun++;
    if (turn.id) this.elsewhere.follows(turn.id);
    return turn;
  }

  /** @param {Turn} turn */
  settle(turn) {
    this.stopping.value = false;
    const outcome = outcomeText(turn.now) || (turn.now.confirmations.length > 0 ? t("announce.asked") : t("announce.done"));
    announce(outcome);
    answerEnded(this.id, turn.id, outcome);
    if (!turn.now.done) return;
    this.show(this.entries.value.map((entry) => (entry.turn === turn ? settled(entry, turn) : entry)));
    ended(this.id);
    // The ids of new versions are the server's.
    if (this.entries.value.some((entry) => entry.siblings.includes(""))) this.elsewhere.stale = true;
    // An answer without an end belongs to a turn that comes after this one.
    if (this.entries.value.some((entry) => entry.turnId && !entry.finish)) this.elsewhere.changed();
    else this.elsewhere.catchUp();
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
