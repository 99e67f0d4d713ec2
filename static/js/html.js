import htm from "htm";
import { h } from "preact";

/** @typedef {import("preact").VNode<any>} VNode */

/** Markup as a tagged template; text put into it is always text, never HTML. */
export const html = /** @type {(strings: TemplateStringsArray, ...values: unknown[]) => VNode} */ (
  htm.bind(h)
);
