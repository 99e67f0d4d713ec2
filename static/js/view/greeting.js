import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { language, t } from "../i18n.js";
import { me } from "../store.js";
import { readSuggestions } from "../suggestions.js";

const MOST = 4;

/** @param {{ conversation: import("../conversation.js").Conversation }} props */
export function Greeting({ conversation }) {
  const name = me.value?.name.split(" ")[0] ?? "";
  const own = useSuggestions();
  const always = [t("suggest.create"), t("suggest.files"), t("suggest.jobs"), t("suggest.who")];
  const texts = [...(own ?? []), ...always].slice(0, MOST);
  return html`
    <section class="greeting">
      <h2>${name ? t("greeting.named", { name }) : t("greeting.plain")}</h2>
      <p>${t("greeting.lead")}</p>
      <ul class="suggestions" data-state=${own ? "ready" : "reading"} aria-label=${t("greeting.suggestions")}>
        ${texts.map((text) => html`<li key=${text}><button type="button" onClick=${() => conversation.send(text)}>${text}</button></li>`)}
      </ul>
    </section>
  `;
}

/** Null until they are known: nothing is shown that would change under the hand. */
function useSuggestions() {
  const known = useSignal(/** @type {string[] | null} */ (null));
  const { value: spoken } = language;
  useEffect(() => {
    let left = false;
    known.value = null;
    void readSuggestions().then((texts) => {
      if (!left) known.value = texts;
    });
    return () => {
      left = true;
    };
  }, [spoken]);
  return known.value;
}
