import { language, t } from "../i18n.js";

/** @import { Transaction } from "../wire" */

export const STAGES = /** @type {const} */ (["prospect", "mandate", "offer", "preliminary_agreement", "deed", "closed"]);
export const KINDS = /** @type {const} */ (["sale", "purchase", "rental"]);
export const ROLES = /** @type {const} */ (["seller", "buyer", "landlord", "tenant", "agent"]);
export const TEMPLATES = /** @type {const} */ (["mandate", "offer", "visit_sheet"]);
export const CURRENCIES = /** @type {const} */ (["EUR", "USD", "GBP", "CHF"]);
export const DAYS = /** @type {const} */ (["mandate_on", "offer_on", "agreement_on", "deed_on"]);

/** @type {Record<string, () => string>} */
const STAGE_TEXTS = {
  prospect: () => t("stage.prospect"),
  mandate: () => t("stage.mandate"),
  offer: () => t("stage.offer"),
  preliminary_agreement: () => t("stage.agreement"),
  deed: () => t("stage.deed"),
  closed: () => t("stage.closed"),
};

/** @type {Record<string, () => string>} */
const KIND_TEXTS = {
  sale: () => t("kind.sale"),
  purchase: () => t("kind.purchase"),
  rental: () => t("kind.rental"),
};

/** @type {Record<string, () => string>} */
const ROLE_TEXTS = {
  seller: () => t("role.seller"),
  buyer: () => t("role.buyer"),
  landlord: () => t("role.landlord"),
  tenant: () => t("role.tenant"),
  agent: () => t("role.agent"),
};

/** @type {Record<string, () => string>} */
const TEMPLATE_TEXTS = {
  mandate: () => t("form.mandate"),
  offer: () => t("form.offer"),
  visit_sheet: () => t("form.visit"),
};

/** @type {Record<string, () => string>} */
const FIELD_TEXTS = {
  kind: () => t("record.kind"),
  stage: () => t("record.stage"),
  address: () => t("record.address"),
  price: () => t("record.price"),
  currency: () => t("record.currency"),
  mandate_on: () => t("record.mandate"),
  offer_on: () => t("record.offer"),
  agreement_on: () => t("record.agreement"),
  deed_on: () => t("record.deed"),
  role: () => t("party.role"),
  name: () => t("party.name"),
  email: () => t("party.email"),
  phone: () => t("party.phone"),
  text: () => t("note.text"),
  template: () => t("form.template"),
};

const VALUE_TEXTS = { stage: STAGE_TEXTS, kind: KIND_TEXTS, role: ROLE_TEXTS, template: TEMPLATE_TEXTS };

/** @param {string} name a field's; one without words of its own keeps its name */
export const fieldText = (name) => FIELD_TEXTS[name]?.() ?? ROLE_TEXTS[name]?.() ?? name;

/**
 * A value that is one of a few, in words.
 * @param {string} name the field's
 * @param {string} value
 */
export function valueText(name, value) {
  const texts = /** @type {Record<string, Record<string, () => string>>} */ (VALUE_TEXTS)[name];
  return texts?.[value]?.() ?? value;
}

/**
 * @param {string} name the field's
 * @param {readonly string[]} values
 */
export const optionsOf = (name, values) => values.map((value) => ({ value, text: valueText(name, value) }));

/** @param {Pick<Transaction, "price" | "currency" | "kind">} file */
export function priceText({ price, currency, kind }) {
  if (price === null) return "";
  const exact = Number(price);
  const text = new Intl.NumberFormat(language.value, {
    style: "currency",
    currency: currency ?? "EUR",
    minimumFractionDigits: Number.isInteger(exact) ? 0 : 2,
  }).format(exact);
  return kind === "rental" ? t("record.monthly", { price: text }) : text;
}

/** @param {string | null} day `2027-03-05` */
export function dayText(day) {
  if (!day) return "";
  return new Date(`${day}T00:00:00`).toLocaleDateString(language.value, { dateStyle: "long" });
}

/** @param {string | null} price as one would write it */
export function plainPrice(price) {
  if (price === null) return "";
  const short = price.replace(/\.00$/, "");
  return language.value === "fr" ? short.replace(".", ",") : short;
}
