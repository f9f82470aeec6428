// Verifies an inspection code in the browser with WebCrypto and pinned public keys; docs/code-format.md is the format.
// It says what it could not check. Nothing leaves the phone; the enterprise's number stays in its local storage.
"use strict";

const KEYS = "/.well-known/inspection-code-keys.json";
const REVOCATIONS = "/.well-known/inspection-code-revocations.json";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FACES = {
  valid: ["good", "签名有效", "签名、时间和时段都对；下面几项没有网络不能核验。请核对来人与证件，有网络后再扫一次。"],
  printed: ["care", "这是纸面码，请看动态码", "请再扫执法人员手机上的动态码。"],
  stale: ["care", "画面已过时，请重扫", "可能是照片或截图，请当面重扫执法人员手机上的码。"],
  not_yet: ["care", "未到检查时间", "现在还不在这次检查的时间内。"],
  expired: ["over", "已过期", "这次检查的时间已过。"],
  revoked: ["bad", "已撤销", "这个码在撤销清单里。请对方出示新码。"],
  wrong_enterprise: ["bad", "不是本店的码", "这个码不是签发给您填写的企业的。请拒绝并报告。"],
  unknown: ["bad", "不是真的检查码", "签名不对，或密钥不在公布的密钥表中：可能是伪造。请拒绝并拨打 12345。"],
  unsupported: ["care", "此浏览器不能离线核验", "请换用较新的浏览器，或在有网络时扫码。"],
  no_keys: ["care", "还没有公钥", "请在有网络时打开本页一次。"],
};

const bytesOf = (text) => new TextEncoder().encode(text);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, two) => one.length === two.length && one.every((byte, place) => byte === two[place]);

function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function fromBase32(text) {
  if (text.length !== 224) return null;
  const out = new Uint8Array(140);
  let bits = 0, value = 0, at = 0;
  for (const character of text.toUpperCase()) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (value >> bits) & 0xff;
    }
  }
  return out;
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const seconds = (text) => Date.parse(text) / 1000;

function tokenIn(text) {
  return text.trim().split("/").pop().split("?")[0];
}

async function keyFor(document, keyId, slot, ends) {
  for (const key of document.keys) {
    if (key.algorithm !== "ed25519" || key.key_id !== keyId || key.withdrawn) continue;
    const raw = fromBase64(key.public);
    if (hex((await sha256(new Uint8Array([1]), raw)).slice(0, 4)) !== keyId) continue;
    const timely = slot === 0
      ? ends <= seconds(key.verify_until)
      : seconds(key.sign_from) <= slot * 30 + 29 && slot * 30 < seconds(key.sign_until);
    if (timely) return raw;
  }
  return null;
}

async function verdictOf(text, document, listed, enterprise, now) {
  if (!document) return "no_keys";
  const data = fromBase32(tokenIn(text));
  if (!data || data[0] !== 1) return "unknown";
  const view = new DataView(data.buffer);
  const [starts, ends, slot] = [view.getUint32(22), view.getUint32(26), view.getUint32(30)];
  const codeId = data.slice(6, 22);
  if (starts >= ends || data[1] !== 1) return "unknown";
  const raw = await keyFor(document, hex(data.slice(2, 6)), slot, ends);
  if (!raw) return "unknown";
  let key;
  try {
    key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return "unsupported";
  }
  const signed = joined([bytesOf("inspect-registry/code/v1\0"), data.slice(0, 66)]);
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, data.slice(66, 130), signed))) return "unknown";
  if (enterprise) {
    const salted = await sha256(bytesOf("inspect-registry/enterprise/v1\0"), codeId, bytesOf(enterprise.toUpperCase()));
    if (!same(salted.slice(0, 8), data.slice(34, 42))) return "wrong_enterprise";
  }
  const mark = hex(await sha256(bytesOf("inspect-registry/revoked/v1\0"), codeId)).slice(0, 32);
  if (listed && listed.codes.includes(mark)) return "revoked";
  if (now < starts) return "not_yet";
  if (now >= ends) return "expired";
  if (slot === 0) return "printed";
  const age = Math.floor(now / 30) - slot;
  return age >= -1 && age <= 2 ? "valid" : "stale";
}

async function cached(address) {
  try {
    const answer = await caches.match(address);
    return answer ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function check() {
  const text = document.getElementById("token").value;
  if (!text.trim()) return;
  const enterprise = document.getElementById("enterprise").value.trim();
  localStorage.setItem("enterprise", enterprise);
  const now = Date.now() / 1000;
  const verdict = await verdictOf(text, await cached(KEYS), await cached(REVOCATIONS), enterprise, now);
  const [tone, word, advice] = FACES[verdict];
  const panel = document.getElementById("verdict");
  panel.className = `ir-verdict ir-verdict--${tone}`;
  for (const shape of panel.querySelectorAll("[data-tone]")) shape.toggleAttribute("hidden", shape.dataset.tone !== tone);
  panel.dataset.verdict = verdict;
  document.getElementById("word").textContent = word;
  document.getElementById("when").textContent = `离线核验 ${new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" })}` +
    (enterprise ? "" : "；未填本店代码，没有核对是否签发给本店");
  document.getElementById("advice").textContent = advice;
  panel.hidden = false;
}

async function showKeys() {
  const keys = await cached(KEYS);
  const listed = await cached(REVOCATIONS);
  if (!keys) return;
  document.getElementById("keys").textContent = `公钥：${keys.issuer}，${keys.keys.length} 把。` +
    (listed ? `撤销清单第 ${listed.counter} 号，${listed.at}。` : "没有撤销清单。");
}

async function camera() {
  const video = document.getElementById("video");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.hidden = false;
  await video.play();
  for (;;) {
    const found = (await detector.detect(video)).find((one) => one.rawValue.toUpperCase().includes("/C/"));
    if (found) {
      for (const track of video.srcObject.getTracks()) track.stop();
      video.hidden = true;
      document.getElementById("token").value = found.rawValue;
      await check();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function begin() {
  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register("/offline-worker.js", { scope: "/" }).catch(() => undefined);
    await navigator.serviceWorker.ready;
  }
  document.getElementById("enterprise").value = localStorage.getItem("enterprise") || "";
  document.getElementById("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  if ("BarcodeDetector" in window) {
    const button = document.getElementById("camera");
    button.hidden = false;
    button.addEventListener("click", () => camera().catch(() => undefined));
  }
  await showKeys();
  const scanned = /^\/c\/([a-z2-7]{224})$/i.exec(location.pathname);
  if (scanned) {
    document.getElementById("token").value = scanned[1];
    await check();
  }
  document.documentElement.dataset.ready = "yes";
}

begin();
