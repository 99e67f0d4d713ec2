import { signal } from "@preact/signals";
import { Refused, SignedOut, json } from "./api.js";
import { backoff } from "./backoff.js";
import { Jobs } from "./run-jobs.js";
import { goesOn, onRun, runPath } from "./runs.js";
import { readStream } from "./sse.js";

/** @import { Job, Run, RunNotice, RunState } from "./wire" */

/** The run that is shown, as it happens: one stream as long as the tab can be seen and the run goes on. */
export class LiveRun {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.run = signal(/** @type {Run | null} */ (null));
    this.state = signal(/** @type {"loading" | "ready" | "failed" | "missing"} */ ("loading"));
    this.jobs = new Jobs();
    /** @type {string | null} */
    this.cursor = null;
    /** @type {AbortController | null} */
    this.open = null;
    this.asked = 0;
  }

  /** @returns {() => void} to leave it */
  watch() {
    const seen = () => (document.hidden ? this.leave() : this.begin());
    const deaf = onRun((notice) => this.hearNotice(notice));
    document.addEventListener("visibilitychange", seen);
    this.begin();
    return () => {
      document.removeEventListener("visibilitychange", seen);
      deaf();
      this.leave();
    };
  }

  begin() {
    if (this.open || document.hidden) return;
    this.open = new AbortController();
    void this.follow(this.open);
  }

  leave() {
    this.open?.abort();
    this.open = null;
  }

  /** @param {AbortController} open */
  async follow(open) {
    const cut = open.signal;
    /** @type {"done" | "nothing" | null} */
    let over = null;
    for (let attempt = 0; !cut.aborted; attempt++) {
      try {
        await this.read();
        over = await this.stream(cut, () => (attempt = 0));
        if (over) {
          await this.read();
          break;
        }
      } catch (error) {
        if (cut.aborted || error instanceof SignedOut) break;
        const missing = error instanceof Refused && error.status === 404;
        this.state.value = missing ? "missing" : this.run.peek() ? this.state.peek() : "failed";
        if (missing) break;
      }
      if (!cut.aborted) await backoff(attempt, cut);
    }
    if (this.open === open) this.open = null;
    // It may have been opened again while its end was being read.
    if (!cut.aborted && over === "done" && this.behind()) this.begin();
  }

  /**
   * @param {AbortSignal} signal
   * @param {() => void} onOpen
   * @returns {Promise<"done" | "nothing" | null>} null: there is more to come; "nothing": it had been done before
   */
  async stream(signal, onOpen) {
    let done = false;
    const how = await readStream({
      path: `/v1/catalog/job-stream/${encodeURIComponent(this.id)}`,
      after: this.cursor,
      signal,
      onOpen,
      /** @param {Job[] | { done: true, status: RunState }} told */
      onEvent: (told, id) => {
        if (id) this.cursor = id;
        if (Array.isArray(told)) return this.jobs.hear(told);
        done = true;
        this.put({ state: told.status });
      },
    });
    if (how === "nothing") return "nothing";
    return done ? "done" : null;
  }

  async read() {
    const number = ++this.asked;
    const run = await json(runPath(this.id));
    if (number !== this.asked) return;
    this.run.value = run;
    this.state.value = "ready";
  }

  /** @param {Partial<Run>} some */
  put(some) {
    const known = this.run.peek();
    if (known) this.run.value = { ...known, ...some };
  }

  /** @param {RunNotice} notice */
  hearNotice(notice) {
    if (notice.id !== this.id) return;
    this.put(notice);
    if (this.behind()) this.begin();
  }

  cancel() {
    return this.ask("cancel");
  }

  retry() {
    return this.ask("retry");
  }

  /** @param {"cancel" | "retry"} what */
  async ask(what) {
    const run = await json(`${runPath(this.id)}/${what}`, { method: "POST" });
    this.asked++;
    this.run.value = run;
    if (this.behind()) this.begin();
  }

  /** Whether there is more to be told of the run than its jobs as they are known: it may have been opened again. */
  behind() {
    const run = this.run.peek();
    const { completed, failed } = this.jobs.all;
    return run !== null && (goesOn(run) || run.jobs_completed !== completed || run.jobs_failed !== failed);
  }
}
