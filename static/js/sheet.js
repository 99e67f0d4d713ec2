import { effect, signal } from "@preact/signals";
import { me } from "./store.js";

/**
 * What lies over the page.
 * @type {import("@preact/signals").Signal<"settings" | "shortcuts" | null>}
 */
export const sheet = signal(null);

effect(() => {
  if (!me.value) sheet.value = null;
});
