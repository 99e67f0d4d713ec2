// Libraries that ship no types for the file we load.

declare module "highlight.js" {
  interface Highlighter {
    registerLanguage(name: string, language: unknown): void;
    getLanguage(name: string): unknown;
    highlight(code: string, options: { language: string; ignoreIllegals: boolean }): { value: string };
  }
  const highlighter: Highlighter;
  export default highlighter;
}

interface Window {
  /** What `first-asked.js` asked before the modules came, by path. */
  leaAsked?: Map<string, Promise<Response>>;
}
