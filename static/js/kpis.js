import { effect } from "@preact/signals";
import { json } from "./api.js";
import { costs, days } from "./costs.js";
import { Reading } from "./reading.js";
import { room } from "./rooms.js";
import { me } from "./store.js";

/** @import { Kpis } from "./wire" */

const PAUSE_MS = 200;

/** What the company's work comes to, over as many days as the costs. @type {Reading<Kpis>} */
export const kpis = new Reading(() => json(`/v1/analytics/kpis?days=${days.peek()}`));

effect(() => {
  if (!me.value) kpis.forget();
});

let timer = 0;

/** Something that is counted was done: what is shown of it is read again, once for several changes. */
export function kpisChanged() {
  if (room.peek() !== "figures") return;
  timer ||= window.setTimeout(() => {
    timer = 0;
    if (room.peek() === "figures") void kpis.read();
  }, PAUSE_MS);
}

/** Something may have been missed. */
export function readFigures() {
  if (room.peek() !== "figures") return;
  void kpis.read();
  void costs.read();
}

/** @param {number} chosen how far back one looks */
export function lookBack(chosen) {
  days.value = chosen;
  readFigures();
}
