// Asks the server who is here, and for the conversation of the address, while the modules still come. A plain script:
// `api.js` takes the answers up, each once.
(() => {
  const given = new URLSearchParams(location.hash.slice(1));
  if (["setup", "signin", "password"].some((kind) => given.has(kind))) return;
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  /** @type {RequestInit} */
  const same = { credentials: "same-origin", cache: "no-store" };
  const asJson = { ...headers, "Content-Type": "application/json" };
  const refreshed = fetch("/v1/auth/refresh", { ...same, method: "POST", headers: asJson, body: "{}" });
  const token = refreshed.then((answer) => (answer.ok ? answer.clone().json() : Promise.reject(new Error("nobody"))));
  /** @type {Map<string, Promise<Response>>} */
  const asked = new Map([["/v1/auth/refresh", refreshed]]);
  /** @param {string} path */
  const ask = (path) => {
    const answer = token.then(({ access_token }) =>
      fetch(path, { ...same, headers: { ...headers, Authorization: `Bearer ${access_token}` } }),
    );
    asked.set(path, answer);
    answer.catch(() => asked.delete(path)); // nobody is signed in: who signs in is another question
  };
  ask("/v1/auth/me");
  const thread = given.get("thread");
  if (thread) ask(`/v1/lea/threads/${encodeURIComponent(thread)}`);
  refreshed.catch(() => {});
  window.leaAsked = asked;
  // What nobody took up by then is old.
  setTimeout(() => asked.clear(), 5000);
})();
