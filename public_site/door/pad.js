// A box to sign in by hand: strokes are coordinates in a box of 1000 by 400, never a picture.
"use strict";

const BOX = { width: 1000, height: 400 };

function handPad(pad) {
  const pen = pad.getContext("2d");
  let lines = [];
  let line = null;
  pen.lineWidth = 7;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#111";
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * BOX.width, BOX.width),
      within(((event.clientY - box.top) / box.height) * BOX.height, BOX.height),
    ];
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    line = place(event);
    lines.push(line);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!line) return;
    const [x, y] = place(event);
    pen.beginPath();
    pen.moveTo(line.at(-2), line.at(-1));
    pen.lineTo(x, y);
    pen.stroke();
    line.push(x, y);
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { line = null; });
  const clear = () => {
    lines = [];
    pen.clearRect(0, 0, pad.width, pad.height);
  };
  return { lines: () => lines, clear };
}
