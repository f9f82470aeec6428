// Finds an enterprise in a month's plan while one types: name, code, address or pinyin initials, full or half width.
// The page works without it (names by letter, town, department); it only makes finding instant. Its words are in the
// box's data-* attributes, so they follow the page's language.
"use strict";

(function () {
  const box = document.querySelector("[data-search]");
  if (!box || location.protocol === "file:") {
    return;
  }
  const words = box.dataset;
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const list = box.querySelector("ul");
  const LIMIT = 30;
  let rows = null;
  let loading = null;

  function fold(text) {
    return text.normalize("NFKC").toLowerCase().replace(/[\s·•\-—–_()[\]【】〔〕《》“”"'、，,。.；;：:/\\]/g, "");
  }

  function load() {
    loading = loading || fetch(words.search)
      .then((answer) => {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.json();
      })
      .then((found) => {
        rows = found.map((row) => ({ row, text: fold(row[0] + "\n" + row[1] + "\n" + row[2]), letters: row[3].toLowerCase() }));
      })
      .catch(() => {
        loading = null;
        status.textContent = words.failed;
      });
    return loading;
  }

  // 2026-12-08 as a Chinese page writes it; other pages keep it.
  function day(iso) {
    const [, month, date] = iso.split("-").map(Number);
    return document.documentElement.lang === "zh-CN" ? month + "月" + date + "日" : iso;
  }

  function line(row) {
    const item = document.createElement("li");
    item.className = "ir-visit";
    const cells = [[row[0], row[1]], [day(row[4]), row[2]], [row[5], ""]];
    cells.forEach(([first, second], place) => {
      const cell = document.createElement("div");
      const main = document.createElement(place === 0 ? "a" : "span");
      main.textContent = first;
      if (place === 0) {
        main.href = words.base + row[6];
        main.className = "ir-visit__name";
      }
      const detail = document.createElement("span");
      detail.className = "ir-visit__detail";
      detail.textContent = second;
      cell.append(main, document.createElement("br"), detail);
      item.append(cell);
    });
    return item;
  }

  function show() {
    const wanted = fold(input.value);
    list.hidden = true;
    list.replaceChildren();
    if (!wanted || !rows) {
      status.textContent = rows || !wanted ? "" : status.textContent;
      return;
    }
    const found = rows.filter((one) => one.text.includes(wanted) || (wanted.length > 1 && one.letters.includes(wanted)));
    status.textContent = found.length === 0
      ? words.none
      : words.found.replace("#", found.length) + (found.length > LIMIT ? words.first.replace("#", LIMIT) : "");
    list.append(...found.slice(0, LIMIT).map((one) => line(one.row)));
    list.hidden = found.length === 0;
  }

  input.addEventListener("focus", load);
  input.addEventListener("input", () => load().then(show));
  box.hidden = false;
})();
