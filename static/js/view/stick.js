import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";

const NEAR_PX = 40;

/**
 * Keeps the end of a growing conversation in sight, unless the reader scrolled up: then nothing moves until
 * they come back.
 * @param {{ current: HTMLElement | null }} ref
 * @param {number} count how many messages there are; a new one from here brings the end back
 */
export function useStick(ref, count) {
  const following = useSignal(true);
  const news = useSignal(false);
  const toEnd = () => {
    following.value = true;
    news.value = false;
    ref.current?.scrollTo({ top: ref.current.scrollHeight });
    ref.current?.focus({ preventScroll: true });
  };

  useLayoutEffect(() => {
    following.value = true;
    news.value = false;
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [count]);

  useEffect(() => {
    const scroller = ref.current;
    const content = scroller?.firstElementChild;
    if (!scroller || !content) return undefined;
    let top = scroller.scrollTop;
    const end = () => {
      const last = /** @type {HTMLElement | null} */ (content.lastElementChild);
      return { last, height: last?.offsetHeight ?? 0, width: content.clientWidth };
    };
    let seen = end();
    const scrolled = () => {
      const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      if (left <= 2 || (left <= NEAR_PX && scroller.scrollTop >= top)) following.value = true;
      else if (scroller.scrollTop < top) following.value = false;
      if (following.value) news.value = false;
      top = scroller.scrollTop;
    };
    const resized = new ResizeObserver(() => {
      const now = end();
      if (following.value) scroller.scrollTop = scroller.scrollHeight;
      // Only what comes at the end is news: not what is put in above, nor another width of the window.
      else if (now.width === seen.width && (now.last !== seen.last || now.height > seen.height)) news.value = true;
      seen = now;
    });
    scroller.addEventListener("scroll", scrolled, { passive: true });
    resized.observe(content);
    resized.observe(scroller);
    return () => {
      scroller.removeEventListener("scroll", scrolled);
      resized.disconnect();
    };
  }, []);
  return { following, news, toEnd };
}
