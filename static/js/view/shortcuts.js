import { useEffect, useRef } from "preact/hooks";

/**
 * Keys that work with Alt anywhere on the page as long as a card is shown. Of several cards they are for the one the
 * focus is in, else for the first.
 * @param {{ current: HTMLElement | null }} card
 * @param {Record<string, () => void>} acts by the code of the key
 */
export function useShortcuts(card, acts) {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const act = latest.current[codeOf(event)];
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

/**
 * By the letter on the key; where Alt makes another sign of it, by its place.
 * @param {KeyboardEvent} event
 */
const codeOf = ({ key, code }) => (/^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : code);
