import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/**
 * Whole seconds left until a moment, counted down.
 * @param {number | null | undefined} until epoch milliseconds
 */
export function useSecondsUntil(until) {
  const now = useSignal(Date.now());
  useEffect(() => {
    if (!until) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
      if (now.value >= until) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return until ? Math.max(0, Math.ceil((until - now.value) / 1000)) : 0;
}

/** @param {{ until: number | null | undefined }} props */
export function Countdown({ until }) {
  const seconds = useSecondsUntil(until);
  return seconds > 0 ? html`<span class="seconds">${t("fail.seconds", { n: seconds })}</span>` : null;
}
