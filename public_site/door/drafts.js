// What is typed on a phone and not yet saved: kept there until the service says that it has it, and never sent into the
// void. Before a form leaves, it is asked whether the network and the session are still there; if not, it stays.
"use strict";

const ASK_WITHIN_MS = 8_000;
const KEEP_AFTER_MS = 8_000;

const draftKey = (form) => `ir-draft:${form.dataset.record}:${form.dataset.draft}`;

function typedOf(form) {
  return [...new FormData(form)].filter(([, value]) => typeof value === "string" && value !== "");
}

function putBack(form, pairs) {
  const wanted = new Map();
  for (const [name, value] of pairs) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name) continue;
    const values = wanted.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value || "on");
    else field.value = values[0] ?? "";
  }
}

// A draft goes once the server says that it is saved (?saved=); a refusal or a lost connection leaves it on the phone.
// What can no longer be saved, because the record is closed, is not put back into it.
function keepDraft(form, saved) {
  const closed = form.querySelector("button[type=submit]") === null;
  if (closed || form.dataset.draft === saved) localStorage.removeItem(draftKey(form));
  if (closed) return;
  const asShown = JSON.stringify(typedOf(form));
  const kept = localStorage.getItem(draftKey(form));
  if (kept !== null && kept !== asShown && !("refused" in form.dataset)) {
    putBack(form, JSON.parse(kept));
    form.dataset.restored = "";
    tellDraft("这台手机上有还没有保存的内容，已经填回。请检查后保存。");
  }
  const note = () => localStorage.setItem(draftKey(form), JSON.stringify(typedOf(form)));
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", note);
}

function tellDraft(text) {
  const told = document.getElementById("draft");
  told.textContent = text;
  told.hidden = false;
  const discard = document.getElementById("discard");
  if (discard) discard.hidden = false;
}

// A phone can break or be lost: what is typed goes to the server on the way, too, as a draft that says nothing yet.
function keepOnServer(form) {
  let timer = 0;
  let last = JSON.stringify(typedOf(form));
  const keep = async () => {
    clearTimeout(timer);
    const pairs = typedOf(form);
    const now = JSON.stringify(pairs);
    if (now === last || "sent" in form.dataset) return;
    const typed = {};
    for (const [name, value] of pairs) (typed[name] ??= []).push(value);
    const answer = await fetch(form.dataset.keep, {
      method: "PUT", credentials: "same-origin", keepalive: true,
      headers: { "content-type": "application/json" }, body: JSON.stringify({ typed }),
    }).catch(() => null);
    if (answer?.ok) last = now;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_AFTER_MS);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
}

// Why nothing can be sent just now; empty when it can. The way to sign in opens beside this page, so that nothing on it goes.
async function obstacle() {
  try {
    const answer = await fetch("/api/v1/session", {
      cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
    if (answer.status === 401) return "登录已经过期。内容还在这里，没有丢失：请登录，再回到这一页重按一次。";
    return "";
  } catch {
    return "现在没有网络。内容还在这里，没有丢失：有网络后再按一次。";
  }
}

// Says it beside the button that was pressed; true when nothing is in the way.
async function canSend(form) {
  const why = await obstacle();
  let told = form.querySelector("[data-held]");
  if (!told) {
    told = document.createElement("p");
    told.className = "ir-callout ir-callout--warn";
    told.dataset.held = "";
    told.setAttribute("role", "alert");
    form.append(told);
  }
  told.hidden = !why;
  told.textContent = why;
  if (why.startsWith("登录")) {
    const link = document.createElement("a");
    link.href = "/sign-in";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "在新页面登录";
    told.append(" ", link);
  }
  return !why;
}

function holdBack(form) {
  let asking = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (asking) return; // a second tap
    asking = true;
    if (await canSend(form)) {
      form.dataset.sent = "";
      form.submit();
    } else asking = false;
  });
  addEventListener("pageshow", () => {
    asking = false;
    delete form.dataset.sent;
  });
}

const address = new URL(location.href);
const saved = address.searchParams.get("saved");
address.searchParams.delete("saved");
if (saved) history.replaceState(null, "", address);
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form, saved);
for (const form of document.querySelectorAll("form[data-draft], form[data-once]")) holdBack(form);
for (const form of document.querySelectorAll("form[data-keep]")) keepOnServer(form);
document.getElementById("discard")?.addEventListener("submit", () => {
  for (const form of document.querySelectorAll("form[data-draft]")) localStorage.removeItem(draftKey(form));
});
