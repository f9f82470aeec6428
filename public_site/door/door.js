// The record at the door, on a phone: keeps what is typed until it is saved, saves answers on the way, sends files,
// and takes signatures drawn by hand. Everything but files and signatures works without it.
"use strict";

const SAVE_AFTER_MS = 8_000;

const draftKey = (form) => `ir-draft:${form.dataset.record}:${form.dataset.draft}`;

function typedOf(form) {
  return [...new FormData(form)].filter(([, value]) => typeof value === "string" && value !== "");
}

// --- drafts ---------------------------------------------------------------------------------------------------------

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
function keepDrafts(form, saved) {
  if (form.dataset.draft === saved) localStorage.removeItem(draftKey(form));
  const asShown = JSON.stringify(typedOf(form));
  const kept = localStorage.getItem(draftKey(form));
  if (kept !== null && kept !== asShown && !("refused" in form.dataset)) {
    putBack(form, JSON.parse(kept));
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
}

// --- answers are saved on the way -------------------------------------------------------------------------------------

function saveOnTheWay(form) {
  const told = document.getElementById("saved");
  let timer = 0;
  let last = JSON.stringify(typedOf(form));
  const save = async () => {
    clearTimeout(timer);
    const typed = new Map(typedOf(form));
    const now = JSON.stringify([...typed]);
    if (now === last) return;
    const answers = [...typed].filter(([name]) => name.startsWith("value.")).map(([name, value]) => {
      const criterion = name.slice("value.".length);
      return { criterion, value, reason: typed.get(`reason.${criterion}`) ?? "" };
    }).filter((one) => one.reason || !["not_applicable", "not_checked"].includes(one.value));
    try {
      const answer = await fetch(`/api/v1/inspections/${form.dataset.record}/answers`, {
        method: "PUT", credentials: "same-origin", keepalive: true,
        headers: { "content-type": "application/json" }, body: JSON.stringify({ answers }),
      });
      if (!answer.ok) throw new Error((await answer.json()).title ?? answer.status);
      last = now;
      told.textContent = `已自动保存 ${new Date().toTimeString().slice(0, 8)}`;
    } catch (error) {
      told.textContent = `还没有保存到服务器，已存在本机（${error.message}）`;
    }
  };
  form.addEventListener("change", () => {
    const chosen = new Set([...new FormData(form).keys()].filter((name) => name.startsWith("value.")));
    document.getElementById("answered").textContent = chosen.size;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  const all = document.getElementById("all-conform");
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const group of form.querySelectorAll(".ir-choices")) {
      if (!group.querySelector("input:checked")) group.querySelector("input[value=conforms]").checked = true;
    }
    form.dispatchEvent(new Event("change"));
  });
}

// --- files ------------------------------------------------------------------------------------------------------------

function sendFile(record, file, bar) {
  const at = new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString();
  const query = new URLSearchParams({ name: file.name, taken_at: at });
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch tells nothing about how far an upload is
    request.open("POST", `/api/v1/inspections/${record}/evidence?${query}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
    request.addEventListener("load", () => {
      if (request.status === 201) return done();
      let problem = {};
      try { problem = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
      failed(new Error([problem.title ?? `服务器回答 ${request.status}`, problem.detail, problem.remedy].filter(Boolean).join(" ")));
    });
    request.addEventListener("error", () => failed(new Error("网络中断")));
    request.send(file);
  });
}

function takeFiles(area) {
  const [input, bar, told] = [area.querySelector("input"), area.querySelector("progress"), area.querySelector("[role=status]")];
  area.hidden = false;
  input.addEventListener("change", async () => {
    bar.hidden = false;
    for (const file of input.files) {
      told.textContent = `正在上传 ${file.name}`;
      try {
        await sendFile(area.dataset.record, file, bar);
      } catch (error) {
        told.textContent = `${file.name} 没有上传：${error.message}。文件还在手机里，可以重选。`;
        bar.hidden = true;
        return;
      }
    }
    location.hash = "files";
    location.reload();
  });
}

// --- signatures -------------------------------------------------------------------------------------------------------

function takeHand(form) {
  const told = form.querySelector("[data-told]");
  const hand = handPad(form.querySelector("canvas"));
  form.addEventListener("reset", () => {
    hand.clear();
    told.textContent = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = new FormData(form);
    const evidence = typed.get("evidence") ?? "";
    const body = {
      side: form.dataset.side, inspector: form.dataset.inspector, content: form.dataset.content,
      name: typed.get("name") ?? "", position: typed.get("position") ?? "",
    };
    if (evidence) body.evidence = evidence;
    else body.strokes = { lines: hand.lines() };
    try {
      const answer = await fetch(`/api/v1/inspections/${form.dataset.record}/signatures`, {
        method: "POST", credentials: "same-origin",
        headers: { "content-type": "application/json" }, body: JSON.stringify(body),
      });
      if (!answer.ok) {
        const problem = await answer.json();
        throw new Error([problem.title, problem.detail, problem.remedy].filter(Boolean).join(" "));
      }
    } catch (error) {
      told.textContent = `没有保存签名：${error.message}`;
      return;
    }
    location.hash = "hands";
    location.reload();
  });
}

const address = new URL(location.href);
const saved = address.searchParams.get("saved");
address.searchParams.delete("saved");
if (saved) history.replaceState(null, "", address);
for (const form of document.querySelectorAll("form[data-draft]")) keepDrafts(form, saved);
const answersForm = document.querySelector("form[data-draft=answers]");
if (document.getElementById("all-conform")) saveOnTheWay(answersForm);
const upload = document.getElementById("upload");
if (upload) takeFiles(upload);
for (const form of document.querySelectorAll(".ir-hand")) takeHand(form);
