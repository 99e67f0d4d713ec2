import { html } from "../html.js";
import { LanguageChoice, ThemeChoice } from "./choices.js";
import { Wordmark } from "./wordmark.js";

/**
 * The sheet of paper around the account forms.
 * @param {{ title: string, lead: string, urgent?: boolean, children?: unknown }} props
 */
export function Gate({ title, lead, urgent, children }) {
  return html`
    <div class="gate">
      <header class="gate-head">
        <${Wordmark} />
        <div class="gate-choices"><${LanguageChoice} /><${ThemeChoice} /></div>
      </header>
      <main class="sheet">
        <h1>${title}</h1>
        <p class="lead ${urgent ? "urgent" : ""}">${lead}</p>
        ${children}
      </main>
    </div>
  `;
}
