import { html } from "../html.js";

const PATHS = {
  accent: "M9.500 13.500 15 7",
  bars: "M4 4v16h16M8.500 16.500v-4M12.500 16.500V8M16.500 16.500V11",
  check: "M5 12.500 10 17.500 19.500 7",
  close: "M6 6 18 18M18 6 6 18",
  continue: "M5 12h13M12.500 6l6 6-6 6",
  copy: "M9 9h10v11H9zM5.500 15H5V4h10v.500",
  dots: "M5.500 12h.010M12 12h.010M18.500 12h.010",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19zM14 6.500 17.500 10",
  exit: "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4",
  folder: "M3.500 6.500h6l2 2.500h9v10.500h-17z",
  gauge: "M4 17a8.500 8.500 0 1 1 16 0M12 14.500l4-5.500M4 17h2.500M17.500 17H20",
  globe: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  menu: "M4 7h16M4 12h16M4 17h10",
  pen: "M4 20c3-1 4-2 6-4L19 7c1.500-1.500-1-4-2.500-2.500l-9 9c-2 2-3 3.500-3.500 6.500zM12 20h8",
  retry: "M19 8a8 8 0 1 0 1 5M20 3.500V8h-4.500",
  search: "M11 4.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM16 16l4.500 4.500",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7.500 7.500h9v9h-9z",
  theme: "M12 3.500a8.500 8.500 0 1 0 0 17zM12 3.500a8.500 8.500 0 0 1 0 17",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
};

/** @param {{ name: keyof typeof PATHS }} props */
export function Icon({ name }) {
  return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}
