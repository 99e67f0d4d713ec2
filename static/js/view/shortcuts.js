import { useEffect, useRef } from "preact/hooks";
import { letterOf } from "../keys.js";

/**
 * Keys that work with Alt anywhere on the page as long as a card is shown. Of several cards they are for the one the
 * focus is in, else for the first.
 * @param {{ current: HTMLElement | null }} card
 * @param {Record<string, () => void>} acts by the letter on the key
 */
export function useShortcuts(card, acts) {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const act = latest.current[letterOf(event)];
      if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || !act) return;
      const open = [...document.querySelectorAll(".confirm[data-state=asked]")];
      const mine = open.find((one) => one.contains(document.activeElement)) ?? open[0];
      if (mine !== card.current || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
