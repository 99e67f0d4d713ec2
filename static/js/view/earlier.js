import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** @import { Entry } from "../entries.js" */

/** How many messages are built at first: what fills a window. */
const NEWEST = 8;
/** How many more at a time: a question and its answer on a slow machine, more where they are built within SLICE_MS. */
const FEWEST = 2;
const MOST = 6;
const SLICE_MS = 8;
/** Earlier ones are built before one scrolls to where they are missing. */
const NEAR = "1500px 0px 0px 0px";

/**
 * Of a long conversation the newest messages are built, earlier ones as one scrolls up; what is read stays where it is.
 * @param {{ current: HTMLElement | null }} scroller whose first message is an `article`
 * @param {Entry[]} entries
 */
export function useEarlier(scroller, entries) {
  const edge = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(Infinity);
  const grown = useSignal(0);
  const more = useRef(FEWEST);
  const held = useRef(/** @type {{ element: Element, top: number, begun: number } | null} */ (null));
  if (entries.length === 0) first.current = Infinity;
  // Messages that come at the end push nothing out at the top.
  else first.current = Math.min(first.current, Math.max(0, entries.length - NEWEST));
  const start = entries.length > 0 ? first.current : 0;

  const build = () => {
    const element = scroller.current?.querySelector("article");
    if (!element || first.current === 0) return;
    held.current = { element, top: element.getBoundingClientRect().top, begun: performance.now() };
    first.current = Math.max(0, first.current - more.current);
    grown.value++;
  };

  useLayoutEffect(() => {
    const before = held.current;
    held.current = null;
    if (!before || !scroller.current) return;
    scroller.current.scrollTop += before.element.getBoundingClientRect().top - before.top;
    const each = (performance.now() - before.begun) / more.current;
    more.current = Math.max(FEWEST, Math.min(MOST, Math.floor(SLICE_MS / each)));
  }, [grown.value]);

  useEffect(() => {
    if (!edge.current || !scroller.current) return undefined;
    // A new observer tells at once whether there is still room above.
    const observer = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && build(), {
      root: scroller.current,
      rootMargin: NEAR,
    });
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [start]);

  return { start, edge, build };
}
