const meta = document.querySelector('meta[name="lea-silence-ms"]');
const LIMIT_MS = Number(meta?.getAttribute("content")) || 120_000;

/** Notices that no event came for too long. Heartbeat comments are not events, so they never get here. */
export class Silence {
  /** @param {() => void} act */
  constructor(act) {
    this.act = act;
    this.timer = 0;
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.act, LIMIT_MS);
  }

  /** Waiting behind other messages is no silence: nothing is expected until Léa begins. */
  suspend() {
    clearTimeout(this.timer);
  }

  end() {
    clearTimeout(this.timer);
  }
}
