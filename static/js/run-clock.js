import { signal } from "@preact/signals";
import { calm } from "./settings.js";

const TICK_MS = 1000;
const CALM_TICK_MS = 5000;

/** One timer for everything that ticks, and none while nothing that ticks is shown or the tab is hidden. */
const tick = signal(0, { watched: begin, unwatched: end });

/** The present moment in milliseconds; who asks for it is drawn again as time goes on. */
export function present() {
  void tick.value;
  return Date.now();
}

let timer = 0;
let watched = false;

function begin() {
  watched = true;
  document.addEventListener("visibilitychange", turn);
  turn();
}

function end() {
  watched = false;
  document.removeEventListener("visibilitychange", turn);
  clearInterval(timer);
}

function turn() {
  clearInterval(timer);
  if (!watched || document.hidden) return;
  timer = window.setInterval(() => tick.value++, calm() ? CALM_TICK_MS : TICK_MS);
}
