// Sends photos, sounds, films and PDF files one by one, and says how far it is. The address is the area's data-to.
"use strict";

function sendFile(to, file, bar) {
  const at = new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString();
  const query = new URLSearchParams({ name: file.name, taken_at: at });
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch tells nothing about how far an upload is
    request.open("POST", `${to}?${query}`);
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
        await sendFile(area.dataset.to, file, bar);
      } catch (error) {
        told.textContent = `${file.name} 没有上传：${error.message} 文件还在手机里，可以重选。`;
        bar.hidden = true;
        input.value = "";
        return;
      }
    }
    location.hash = area.dataset.back;
    location.reload();
  });
}

for (const area of document.querySelectorAll("[data-to]")) takeFiles(area);
