import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const query = matchMedia("(max-width: 899px)");

/** Whether the side panel is a drawer; the same width as in shell.css. */
export function useNarrow() {
  const narrow = useSignal(query.matches);
  useEffect(() => {
    const changed = () => {
      narrow.value = query.matches;
    };
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return narrow.value;
}
