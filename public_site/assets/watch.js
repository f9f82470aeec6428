// Keeps the state of a long piece of work fresh on its page; when the work has ended, the whole page is loaded anew.
// The page works without it: it has a link to load it again.
"use strict";

(function () {
  const SECONDS = 3;
  const LONGEST = 60;
  let wait = SECONDS;

  function box(of) {
    return of.querySelector("[data-watch]");
  }

  async function look() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) {
        location.reload();
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const fresh = box(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (!fresh) {
        location.reload();
        return;
      }
      const told = box(document).querySelector("[role=status]");
      const now = fresh.querySelector("[role=status]");
      if (told.innerHTML !== now.innerHTML) {
        told.innerHTML = now.innerHTML;
      }
      wait = SECONDS;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    setTimeout(look, wait * 1000);
  }

  if (box(document)) {
    setTimeout(look, wait * 1000);
  }
})();
