// Renews the live code on the inspector's phone: asks for the page again and takes over its content.
// Without script the page renews itself by a meta refresh inside noscript.
"use strict";

const EVERY_MS = 10_000;

async function renew() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  } catch {
    document.getElementById("offline").hidden = false;
  }
}

setInterval(renew, EVERY_MS);
