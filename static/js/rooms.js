import { computed } from "@preact/signals";
import { place } from "./address.js";
import { section } from "./admin.js";
import { me } from "./store.js";

/** Where one is beside the conversation; null in it. */
export const room = computed(() => {
  const [named] = place.value;
  if (named === "transactions" || named === "costs") return named;
  if (named === "catalog" || named === "runs") return named;
  if (named === "jobs" || named === "figures" || named === "schedules") return named;
  if (named === "whatsapp" && me.value?.whatsapp) return named;
  return section.value ? "admin" : null;
});

/** The transaction named in the address, "new" for one that is being written; "" for all of them. */
export const fileName = computed(() => (room.value === "transactions" ? (place.value[1] ?? "") : ""));

/** The article of the catalogue named in the address; "" for none. */
export const itemName = computed(() => {
  const [, part, name = ""] = place.value;
  return room.value === "catalog" && part === "articles" ? decoded(name) : "";
});

/** @param {string} name as it stands in an address somebody may have changed by hand */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The run named in the address; "" for all of them. */
export const runName = computed(() => (room.value === "runs" ? (place.value[1] ?? "") : ""));
