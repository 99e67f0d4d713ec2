import { signal } from "@preact/signals";
import { Refused, SignedOut, asUser } from "./api.js";
import { t } from "./i18n.js";
import { sendFile } from "./uploading.js";

const PATH = "/v1/lea/voice/transcriptions";
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_A_SECOND = 32_000;
const TICK_MS = 100;
/** Below this a microphone gives nothing but its own noise. */
const QUIETEST = 0.004;

/** What somebody says, from the microphone to its words. */
export class Dictation {
  /**
   * @param {{ most: number, onText: (text: string) => void }} how most: seconds after which it ends by itself
   */
  constructor({ most, onText }) {
    this.most = most;
    this.onText = onText;
    /** @type {import("@preact/signals").Signal<"asking" | "recording" | "hearing" | "failed">} */
    this.state = signal("asking");
    this.wrong = signal("");
    this.again = signal(false);
    this.seconds = signal(0);
    /** How loud it is, 0 to 1, as often as it is looked at. */
    this.level = signal(0);
    this.loudest = 0;
    this.cut = new AbortController();
    /** @type {Blob[]} */
    this.pieces = [];
    /** @type {MediaRecorder | null} */
    this.recorder = null;
    this.close = () => {};
  }

  async start() {
    try {
      if (!navigator.mediaDevices) return this.fail(t("voice.insecure"));
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      this.close = () => stream.getTracks().forEach((track) => track.stop());
      if (this.cut.signal.aborted) return this.close();
      this.record(stream);
    } catch (error) {
      this.close();
      this.fail(wordsOf(error));
    }
  }

  /** @param {MediaStream} stream */
  record(stream) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_A_SECOND });
    const heard = listening(stream);
    const began = performance.now();
    const ticking = setInterval(() => {
      this.seconds.value = Math.floor((performance.now() - began) / 1000);
      this.level.value = heard.level();
      this.loudest = Math.max(this.loudest, this.level.value);
      if (this.seconds.value >= this.most) this.finish();
    }, TICK_MS);
    this.close = () => {
      clearInterval(ticking);
      heard.close();
      for (const track of stream.getTracks()) track.stop();
    };
    recorder.ondataavailable = ({ data }) => this.pieces.push(data);
    recorder.onerror = () => this.fail(t("voice.failed"));
    recorder.onstop = () => {
      this.close();
      if (this.cut.signal.aborted || this.state.value === "failed") return;
      if (heard.works && this.loudest < QUIETEST) this.fail(t("voice.silent"));
      else void this.hear();
    };
    // A microphone that is pulled out ends what is recorded, not what was said.
    stream.getAudioTracks()[0]?.addEventListener("ended", () => this.finish());
    recorder.start();
    this.recorder = recorder;
    this.state.value = "recording";
  }

  /** It was said. */
  finish() {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  /** Has it written down; what was said stays, so that this can be tried again. */
  async hear() {
    this.state.value = "hearing";
    const file = new File(this.pieces, "recording", { type: this.recorder?.mimeType ?? "" });
    const how = { signal: this.cut.signal, onProgress: () => {} };
    try {
      const response = await asUser((headers) => sendFile(PATH, file, headers, how));
      const { text } = await response.json();
      if (!this.cut.signal.aborted) this.onText(text);
    } catch (error) {
      if (this.cut.signal.aborted || error instanceof SignedOut) return;
      const refused = error instanceof Refused;
      this.fail(refused ? error.message : t("page.unreachable"), !refused || error.status >= 500 || error.status === 429);
    }
  }

  /** Nothing comes of it. */
  cancel() {
    this.cut.abort();
    this.finish();
    this.close();
  }

  /**
   * @param {string} wrong
   * @param {boolean} [again] whether trying again may help
   */
  fail(wrong, again = false) {
    if (this.cut.signal.aborted) return;
    this.wrong.value = wrong;
    this.again.value = again;
    this.state.value = "failed";
  }
}

/**
 * @param {MediaStream} stream
 */
function listening(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const heard = {
    /** Whether it was ever listening: a browser may keep it from that. */
    works: false,
    level() {
      heard.works ||= context.state === "running";
      analyser.getFloatTimeDomainData(samples);
      return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
    },
    close() {
      if (context.state !== "closed") void context.close();
    },
  };
  return heard;
}

/** @param {unknown} error what a browser gives instead of a microphone */
function wordsOf(error) {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return t("voice.denied");
    case "NotFoundError":
      return t("voice.none");
    case "NotReadableError":
    case "AbortError":
      return t("voice.busy");
    default:
      return t("voice.failed");
  }
}
