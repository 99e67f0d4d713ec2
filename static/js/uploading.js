import { Unreachable } from "./api.js";

/**
 * Sends a file as a form does and tells how far it is, which fetch cannot.
 * @param {string} path
 * @param {File} file
 * @param {Record<string, string>} headers
 * @param {{ signal: AbortSignal, onProgress: (sent: number, total: number) => void }} how
 * @returns {Promise<Response>}
 */
export function sendFile(path, file, headers, { signal, onProgress }) {
  const body = new FormData();
  body.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    const cut = () => sending.abort();
    sending.open("POST", path);
    for (const [name, value] of Object.entries(headers)) sending.setRequestHeader(name, value);
    sending.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    sending.onload = () => resolve(answerOf(sending));
    sending.onerror = () => reject(new Unreachable(path));
    sending.onabort = () => reject(signal.reason);
    sending.onloadend = () => signal.removeEventListener("abort", cut);
    signal.addEventListener("abort", cut);
    sending.send(body);
  });
}

/** @param {XMLHttpRequest} sent */
function answerOf(sent) {
  const headers = new Headers();
  for (const name of ["Content-Type", "Retry-After"]) {
    const value = sent.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(sent.responseText, { status: sent.status, headers });
}
