// The record at the door, on a phone: saves answers on the way and takes signatures drawn by hand. What is typed is kept
// by drafts.js, files are sent by files.js. Everything but files and signatures works without a script.
"use strict";

const SAVE_AFTER_MS = 8_000;

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
      told.textContent = `还没有保存到服务器，已存在本机（${error instanceof TypeError ? "网络中断" : error.message}）`;
    }
  };
  form.addEventListener("change", () => {
    const chosen = new Set([...new FormData(form).keys()].filter((name) => name.startsWith("value.")));
    document.getElementById("answered").textContent = chosen.size;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  if ("restored" in form.dataset) {
    last = "";
    timer = setTimeout(save, SAVE_AFTER_MS);
  }
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

// --- signatures -------------------------------------------------------------------------------------------------------

function takeHand(form) {
  const told = form.querySelector("[data-told]");
  const hand = handPad(form.querySelector("canvas"));
  let signing = false;
  form.addEventListener("reset", () => {
    hand.clear();
    told.textContent = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (signing || !(await canSend(form)) || signing) return;
    signing = true;
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
      signing = false;
      told.textContent = `没有保存签名：${error instanceof TypeError ? "网络中断，请再按一次。" : error.message}`;
      return;
    }
    location.hash = "hands";
    location.reload();
  });
}

const answersForm = document.querySelector("form[data-draft=answers]");
if (document.getElementById("all-conform")) saveOnTheWay(answersForm);
for (const form of document.querySelectorAll(".ir-hand")) takeHand(form);
