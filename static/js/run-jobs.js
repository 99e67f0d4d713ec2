import { signal } from "@preact/signals";

/** @import { Job, JobState } from "./wire" */

/** @typedef {Record<JobState, number>} Tally */

/** @returns {Tally} */
const none = () => ({ waiting: 0, running: 0, completed: 0, failed: 0, cancelled: 0 });

/**
 * The jobs of a run in their order, and how many are in which state. They may be thousands and change by hundreds, so
 * they are changed in place: `version` tells those who show them.
 */
export class Jobs {
  constructor() {
    this.version = signal(0);
    /** @type {Job[]} */
    this.list = [];
    /** @type {Map<string, number>} */
    this.places = new Map();
    /** @type {Map<string, Tally>} */
    this.steps = new Map();
    this.all = none();
    this.cost = 0;
  }

  /** @param {Job[]} changed in the order of the run; those not known yet come after all that are */
  hear(changed) {
    for (const job of changed) {
      const place = this.places.get(job.id);
      const before = place === undefined ? undefined : this.list[place];
      if (before) this.count(before, -1);
      this.count(job, 1);
      this.places.set(job.id, place ?? this.list.length);
      this.list[place ?? this.list.length] = job;
    }
    this.version.value++;
  }

  /**
   * @param {Job} job
   * @param {1 | -1} by
   */
  count(job, by) {
    const step = this.steps.get(job.step) ?? none();
    step[job.state] += by;
    this.steps.set(job.step, step);
    this.all[job.state] += by;
    this.cost += by * job.cost_usd;
  }

  /** @param {JobState | ""} state "" for all */
  inState(state) {
    return state ? this.list.filter((job) => job.state === state) : this.list;
  }
}

/** @param {Tally} tally */
export const total = ({ waiting, running, completed, failed, cancelled }) =>
  waiting + running + completed + failed + cancelled;
