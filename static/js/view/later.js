import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bring } from "../bringing.js";
import { html } from "../html.js";

/** @typedef {(props: any) => import("../html.js").VNode | null} View */

/**
 * A view that comes when it is first to be seen.
 * @param {() => Promise<View>} load
 * @param {import("../html.js").VNode | null} [meanwhile] what keeps its place
 * @returns {View}
 */
export function later(load, meanwhile = null) {
  /** @type {import("@preact/signals").Signal<{ view: View } | null>} */
  const there = signal(null);
  return function Later(props) {
    useEffect(() => {
      if (!there.peek()) void bring(load).then((view) => (there.value = { view }));
    }, []);
    return there.value ? html`<${there.value.view} ...${props} />` : meanwhile;
  };
}
