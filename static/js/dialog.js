import { signal } from "@preact/signals";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [text]
 * @property {string} confirm the word on the button
 * @property {boolean} [danger]
 * @property {{ label: string, value: string }} [input]
 * @property {(value: string | null) => void} answer null: cancelled
 */

/** @type {import("@preact/signals").Signal<Question | null>} */
export const asked = signal(null);

/**
 * Asks in a dialog.
 * @param {Omit<Question, "answer">} question
 * @returns {Promise<string | null>} what was typed ("" without input), or null when it was cancelled
 */
export function ask(question) {
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (value) => {
        asked.value = null;
        resolve(value);
      },
    };
  });
}
