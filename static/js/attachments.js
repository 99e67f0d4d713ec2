import { computed, signal } from "@preact/signals";
import { announce } from "./announce.js";
import { Refused, asUser, json, request } from "./api.js";
import { sendFile } from "./uploading.js";
import { t } from "./i18n.js";
import { uuid } from "./ids.js";

/** @import { Attachment, KeptAttachment } from "./wire" */

/**
 * A file in the composer: on its way, read by the server, or refused.
 * @typedef {object} Chip
 * @property {string} key
 * @property {string} name
 * @property {number} size
 * @property {"sending" | "reading" | "ready" | "failed"} state
 * @property {number} share of it that was sent, 0 to 1
 * @property {string} wrong
 * @property {Attachment | null} file
 */

const PATH = "/v1/lea/attachments";
const MOST_FILES = 5;
const MOST_BYTES = 20 * 2 ** 20;
/** How long the server keeps a file nobody asks about. */
const LIFE_MS = 24 * 3_600_000;

/** The files of a message that is being written. */
export class Attachments {
  /**
   * @param {Attachment[]} files that were kept with the draft
   * @param {() => void} changed
   */
  constructor(files, changed) {
    /** @type {import("@preact/signals").Signal<Chip[]>} */
    this.chips = signal(files.filter(alive).map(chipOf));
    this.tooMany = signal(false);
    this.pending = computed(() => this.chips.value.some(({ state }) => state === "sending" || state === "reading"));
    this.failed = computed(() => this.chips.value.some(({ state }) => state === "failed"));
    this.ready = computed(() => this.chips.value.flatMap(({ file }) => file ?? []));
    this.changed = changed;
    /** @type {Map<string, AbortController>} */
    this.cuts = new Map();
  }

  /** @param {Iterable<File>} files */
  add(files) {
    const all = [...files];
    const room = MOST_FILES - this.chips.value.length;
    this.tooMany.value = all.length > room;
    if (this.tooMany.value) announce(t("attach.most", { n: MOST_FILES }));
    for (const file of all.slice(0, Math.max(0, room))) void this.send(file);
  }

  /**
   * Files the server has already.
   * @param {Attachment[]} files
   */
  put(files) {
    const there = new Set(this.ready.value.map(({ id }) => id));
    this.show([...this.chips.value, ...files.filter(({ id }) => !there.has(id)).map(chipOf)]);
  }

  /** @param {File} file */
  async send(file) {
    const { name, size } = file;
    /** @type {Chip} */
    const chip = { key: uuid(), name, size, state: "sending", share: 0, wrong: "", file: null };
    const { key } = chip;
    const cut = new AbortController();
    this.cuts.set(key, cut);
    this.show([...this.chips.value, chip]);
    const onProgress = (/** @type {number} */ sent, /** @type {number} */ total) =>
      this.set(key, { share: sent / total, state: sent < total ? "sending" : "reading" });
    try {
      if (size > MOST_BYTES) throw new TooLarge(t("attach.large"));
      const response = await asUser((headers) => sendFile(PATH, file, headers, { signal: cut.signal, onProgress }));
      this.set(key, { state: "ready", file: withoutText(await response.json()) });
      announce(t("attach.ready", { name }));
    } catch (error) {
      if (cut.signal.aborted) return;
      const wrong = error instanceof Refused || error instanceof TooLarge ? error.message : t("page.unreachable");
      this.set(key, { state: "failed", wrong });
      announce(`${name} ${wrong}`);
    }
    this.cuts.delete(key);
  }

  /** @param {Chip} chip */
  remove({ key, file }) {
    this.cuts.get(key)?.abort();
    this.cuts.delete(key);
    this.show(this.chips.value.filter((one) => one.key !== key));
    // One that goes with an earlier message stays there, and one that is left behind goes within a day.
    if (file) void request(`${PATH}/${file.id}`, { method: "DELETE" }).catch(() => {});
  }

  /** The files a message goes with; those that are still on their way stay. */
  take() {
    const files = this.ready.value;
    this.show(this.chips.value.filter(({ state }) => state === "sending" || state === "reading"));
    return files;
  }

  /**
   * @param {string} key
   * @param {Partial<Chip>} change
   */
  set(key, change) {
    this.show(this.chips.value.map((chip) => (chip.key === key ? { ...chip, ...change } : chip)));
  }

  /** @param {Chip[]} chips */
  show(chips) {
    this.chips.value = chips;
    if (chips.length < MOST_FILES) this.tooMany.value = false;
    this.changed();
  }
}

class TooLarge extends Error {}

/**
 * The file whose text is read in the dialog.
 * @type {import("@preact/signals").Signal<{ name: string, state: "reading" | "ready" | "failed", kept: KeptAttachment | null } | null>}
 */
export const shown = signal(null);

/** @param {Pick<Attachment, "id" | "name">} file */
export async function open({ id, name }) {
  const mine = { name, state: /** @type {const} */ ("reading"), kept: null };
  shown.value = mine;
  try {
    const kept = await json(`${PATH}/${encodeURIComponent(id)}`);
    if (shown.value === mine) shown.value = { name, state: "ready", kept };
  } catch {
    if (shown.value === mine) shown.value = { name, state: "failed", kept: null };
  }
}

/** @param {Attachment} file */
const alive = ({ created_at: at }) => !at || Date.parse(at) + LIFE_MS > Date.now();

/**
 * @param {Attachment} file
 * @returns {Chip}
 */
const chipOf = (file) => ({ key: file.id, name: file.name, size: file.bytes, state: "ready", share: 1, wrong: "", file });

/**
 * What is kept in this browser of a file: nothing of what it says.
 * @param {KeptAttachment} kept
 * @returns {Attachment}
 */
const withoutText = ({ id, name, media, bytes, characters, lines, cut, created_at }) => ({
  id,
  name,
  media,
  bytes,
  characters,
  lines,
  cut,
  created_at,
});
