// Handing papers over on the phone: what is given, who signs for it, or why nobody does and who saw it.
// What was written stays on the screen until the service has kept it.
"use strict";

const handing = document.getElementById("handing");

if (handing) {
  const pads = Object.fromEntries([...handing.querySelectorAll("canvas")].map((one) => [one.dataset.hand, handPad(one)]));
  const told = handing.querySelector("[data-told]");
  handing.addEventListener("reset", () => { for (const pad of Object.values(pads)) pad.clear(); });
  handing.addEventListener("change", () => {
    const refused = handing.elements.how.value === "refused";
    document.getElementById("refusal").hidden = !refused;
    document.getElementById("signer").textContent = refused ? "见证人签名" : "收件人签名";
  });
  let sending = false; // a second tap hands nothing over twice
  handing.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending || !(await canSend(handing)) || sending) return;
    sending = true;
    const typed = new FormData(handing);
    const refused = typed.get("how") === "refused";
    const signing = { name: typed.get("name"), position: typed.get("position"), strokes: { lines: pads.signer.lines() } };
    const body = {
      papers: typed.getAll("papers"), place: typed.get("place"), delivered_at: new Date().toISOString(),
      officers: typed.getAll("officers"), officer_strokes: { lines: pads.officer.lines() },
    };
    if (refused) Object.assign(body, { refusal: typed.get("refusal"), witness: signing });
    else body.receiver = signing;
    try {
      const answer = await fetch(`/api/v1/visits/${handing.dataset.visit}/deliveries`, {
        method: "POST", credentials: "same-origin",
        headers: { "content-type": "application/json" }, body: JSON.stringify(body),
      });
      if (!answer.ok) {
        const problem = await answer.json();
        throw new Error([problem.title, problem.detail, problem.remedy].filter(Boolean).join(" "));
      }
    } catch (error) {
      sending = false;
      told.textContent = `没有送达：${error instanceof TypeError ? "网络中断，请再按一次。" : error.message}`;
      return;
    }
    location.reload();
  });
}

for (const form of document.querySelectorAll("form[data-casefile]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = form.querySelector("[data-told]");
    told.textContent = "正在整理案卷……";
    const answer = await fetch(form.action, { method: "POST", credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok) {
      told.textContent = "没有导出，请稍后再试。";
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "")?.[1] || "casefile.zip";
    link.click();
    told.textContent = `已导出。清单摘要：${answer.headers.get("x-manifest-sha256")}`;
  });
}
