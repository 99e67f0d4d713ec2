import { computed } from "@preact/signals";
import { place } from "./address.js";
import { section } from "./admin.js";

/** Where one is beside the conversation; null in it. */
export const room = computed(() => {
  const [named] = place.value;
  if (named === "transactions" || named === "costs") return named;
  return section.value ? "admin" : null;
});

/** The transaction named in the address, "new" for one that is being written; "" for all of them. */
export const fileName = computed(() => (room.value === "transactions" ? (place.value[1] ?? "") : ""));
