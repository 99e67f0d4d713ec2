import { useId, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "./icons.js";

/**
 * @typedef {object} Item
 * @property {string} text
 * @property {Parameters<typeof Icon>[0]["name"]} icon
 * @property {() => void} act
 * @property {boolean} [danger]
 */

/**
 * A button that opens a short list of actions. It is a popover, so Esc, a click elsewhere and the way back
 * of the focus are the browser's.
 * @param {{ label: string, items: Item[], class?: string }} props
 */
export function Menu({ label, items, class: kind = "" }) {
  const id = useId();
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const button = useRef(/** @type {HTMLElement | null} */ (null));

  const opened = (/** @type {ToggleEvent} */ event) => {
    const open = event.newState === "open";
    button.current?.setAttribute("aria-expanded", String(open));
    if (!open || !list.current || !button.current) return;
    place(list.current, button.current.getBoundingClientRect());
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !list.current) return;
    event.preventDefault();
    const all = [...list.current.querySelectorAll("button")];
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    all.at((at + step) % all.length)?.focus();
  };
  const choose = (/** @type {Item} */ item) => {
    list.current?.hidePopover();
    item.act();
  };
  return html`
    <button
      ref=${button}
      type="button"
      class="icon-button ${kind}"
      aria-label=${label}
      aria-haspopup="menu"
      aria-expanded="false"
      popovertarget=${id}
    >
      <${Icon} name="dots" />
    </button>
    <div ref=${list} id=${id} class="menu" popover="auto" role="menu" aria-label=${label} onToggle=${opened} onKeyDown=${move}>
      ${items.map(
        (item, index) => html`
          <button type="button" role="menuitem" key=${item.icon} autofocus=${index === 0} class=${item.danger ? "danger" : ""} onClick=${() => choose(item)}>
            <${Icon} name=${item.icon} />${item.text}
          </button>
        `,
      )}
    </div>
  `;
}

/**
 * Under the button, or above it where there is no room.
 * @param {HTMLElement} list
 * @param {DOMRect} anchor
 */
function place(list, anchor) {
  const { width, height } = list.getBoundingClientRect();
  const below = anchor.bottom + height + 8 < innerHeight;
  list.style.top = `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`;
  list.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`;
}
