import { t } from "../i18n.js";

/** What a column of a file can mean, in the order of the product. */
export const FIELDS = /** @type {const} */ ([
  "reference",
  "name",
  "price",
  "currency",
  "dimensions",
  "material",
  "colour",
  "category",
  "supplier_text",
]);

/** @type {Record<string, () => string>} */
const TEXTS = {
  reference: () => t("item.reference"),
  name: () => t("item.name"),
  price: () => t("record.price"),
  currency: () => t("record.currency"),
  dimensions: () => t("item.dimensions"),
  material: () => t("item.material"),
  colour: () => t("item.colour"),
  category: () => t("item.category"),
  supplier_text: () => t("item.supplier"),
  description: () => t("item.description"),
};

/** @param {string} name a product's field */
export const itemText = (name) => TEXTS[name]?.() ?? name;
