import DOMPurify from "dompurify";

const SAFE_LINK = /^(?:https?:|mailto:)/i;
const SAFE_CLASS = /^language-[\w+#-]+$/;

const purifier = DOMPurify(window);

/** What a model writes is a stranger's text: no script, no style, no form, nothing loaded from elsewhere. */
const RULES = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "input", "button", "select", "textarea", "audio", "video", "source", "dialog", "template"],
  FORBID_ATTR: ["style", "id", "name", "srcset", "background", "popover", "tabindex"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.hasAttribute("class") && !SAFE_CLASS.test(node.className)) node.removeAttribute("class");
  if (node.tagName === "A") limitLink(/** @type {HTMLAnchorElement} */ (node));
  if (node.tagName === "IMG") limitImage(/** @type {HTMLImageElement} */ (node));
});

/** @param {HTMLAnchorElement} link */
function limitLink(link) {
  if (!SAFE_LINK.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
}

/**
 * A picture from elsewhere would tell that host who reads what: its description stays, the picture goes.
 * @param {HTMLImageElement} image
 */
function limitImage(image) {
  if (/^\/static\/[\w/.-]+$/.test(image.getAttribute("src") ?? "")) return;
  image.replaceWith(image.alt);
}

/**
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function sanitize(html) {
  return /** @type {DocumentFragment} */ (/** @type {unknown} */ (purifier.sanitize(html, RULES)));
}
