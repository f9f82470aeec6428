// Check a ledger receipt in the browser: nothing is sent anywhere. The same steps as verify.py inside every receipt.
"use strict";

const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const utf8 = (string) => new TextEncoder().encode(string);
const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function fromBase64(string) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(string)) throw new Error("不是 base64 编码");
  const bytes = Uint8Array.from(atob(string), (character) => character.charCodeAt(0));
  if (btoa(String.fromCharCode(...bytes)) !== string) throw new Error("base64 编码不规范");
  return bytes;
}

// -- The zip ------------------------------------------------------------------------------------------------------------

async function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error("这不是回执压缩包");
  const files = {};
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = text(bytes.subarray(at + 46, at + 46 + nameLength));
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(start, start + size);
    files[name] = method === 0 ? packed : await inflate(packed);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// -- Keys, signatures, policy -------------------------------------------------------------------------------------------

async function readKey(string, kind) {
  const [name, identity, ...material] = string.split("+");
  const raw = fromBase64(material.join("+"));
  if (raw.length !== 33 || raw[0] !== kind) throw new Error(`${name} 的公钥类型不符`);
  const id = (await sha256(join(utf8(`${name}\n`), raw))).subarray(0, 4);
  if ([...id].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== identity) {
    throw new Error(`${name} 的公钥编号不符`);
  }
  return { name, id, key: await crypto.subtle.importKey("raw", raw.subarray(1), "Ed25519", false, ["verify"]) };
}

async function hasSigned(body, lines, key, cosigned) {
  let found = false;
  for (const line of lines) {
    const match = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line);
    if (match === null) throw new Error("签名行格式不符");
    const raw = fromBase64(match[2]);
    if (match[1] !== key.name || !same(raw.subarray(0, 4), key.id)) continue; // Somebody else's line.
    let message = utf8(body);
    let signature = raw.subarray(4);
    if (cosigned) {
      const time = new DataView(raw.buffer, raw.byteOffset + 4, 8).getBigUint64(0);
      message = utf8(`cosignature/v1\ntime ${time}\n${body}`);
      signature = raw.subarray(12);
    }
    if (!(await crypto.subtle.verify("Ed25519", key.key, signature, message))) {
      throw new Error(`${key.name} 的签名不成立`);
    }
    found = true;
  }
  return found;
}

async function checkPolicy(policy, body, lines) {
  const signed = { none: true };
  const who = [];
  let logSigned = false;
  let quorum = null;
  for (const words of policy.split("\n").map((line) => line.trim().split(/[ \t]+/))) {
    if (words[0] === "" || words[0].startsWith("#")) continue;
    if (words[0] === "log") {
      const key = await readKey(words[1], 1);
      if (body.startsWith(`${key.name}\n`) && (await hasSigned(body, lines, key, false))) {
        logSigned = true;
        who.push(key.name);
      }
    } else if (words[0] === "witness") {
      const key = await readKey(words[2], 4);
      signed[words[1]] = await hasSigned(body, lines, key, true);
      if (signed[words[1]]) who.push(key.name);
    } else if (words[0] === "group") {
      const members = words.slice(3);
      const needed = { all: members.length, any: 1 }[words[2]] || Number(words[2]);
      signed[words[1]] = members.filter((member) => signed[member]).length >= needed;
    } else if (words[0] === "quorum" && quorum === null) {
      quorum = signed[words[1]] === true;
    } else {
      throw new Error("信任策略无法读懂");
    }
  }
  if (!logSigned) throw new Error("台账没有签署这个检查点");
  if (!quorum) throw new Error("见证人签名不足");
  return who;
}

// -- The proof ----------------------------------------------------------------------------------------------------------

async function climb(leaf, index, size, path) {
  let node = index;
  let last = size - 1n;
  let result = await sha256(join(Uint8Array.of(0), leaf));
  if (index >= size) throw new Error("台账比条目编号短");
  for (const step of path) {
    if (last === 0n || step.length !== 32) throw new Error("证明过长");
    if (node & 1n || node === last) {
      result = await sha256(join(Uint8Array.of(1), step, result));
      while (node !== 0n && !(node & 1n)) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      result = await sha256(join(Uint8Array.of(1), result, step));
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Error("证明过短");
  return result;
}

async function check(files, policy) {
  for (const name of ["record.json", "salt", "leaf.json", "receipt.tlog-proof"]) {
    if (!(name in files)) throw new Error(`回执中缺少 ${name}`);
  }
  const leaf = JSON.parse(text(files["leaf.json"]));
  const commitment = await sha256(join(Uint8Array.of(2), files.salt, files["record.json"]));
  if (files.salt.length !== 32 || !same(fromBase64(leaf.commitment), commitment)) {
    throw new Error("原文与台账中的承诺不符：原文被改动过");
  }
  const proof = text(files["receipt.tlog-proof"]);
  const gap = proof.indexOf("\n\n");
  const lines = proof.slice(0, gap).split("\n");
  const index = /^index (0|[1-9][0-9]*)$/.exec(lines[1] || "");
  const note = proof.slice(gap + 2);
  const split = note.indexOf("\n\n");
  const head = note.slice(0, split).split("\n");
  const signatures = note.slice(split + 2).split("\n");
  const shaped = gap > 0 && split > 0 && head.length === 3 && /^(0|[1-9][0-9]*)$/.test(head[1]);
  if (!shaped || lines[0] !== "c2sp.org/tlog-proof@v1" || index === null || signatures.pop() !== "") {
    throw new Error("证明格式不符");
  }
  const who = await checkPolicy(policy, `${note.slice(0, split)}\n`, signatures);
  const root = await climb(files["leaf.json"], BigInt(index[1]), BigInt(head[1]), lines.slice(2).map(fromBase64));
  if (!same(root, fromBase64(head[2]))) throw new Error("证明没有通向已签署的树根");
  return { leaf, number: index[1], size: head[1], origin: head[0], who, record: text(files["record.json"]) };
}

// -- The page -----------------------------------------------------------------------------------------------------------

function say(verdict, kind, facts) {
  const box = document.querySelector("#result");
  box.replaceChildren();
  const title = document.createElement("h2");
  title.textContent = verdict;
  box.append(title);
  const list = document.createElement("dl");
  list.className = "ir-facts";
  for (const [term, value] of facts) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = value;
    list.append(dt, dd);
  }
  box.append(list);
  box.dataset.verdict = kind;
  box.hidden = false;
  box.focus();
}

async function bytesOf(input) {
  return input.files.length === 0 ? null : new Uint8Array(await input.files[0].arrayBuffer());
}

async function run(event) {
  event.preventDefault();
  try {
    if (!crypto.subtle) throw new Error("请用 https 或本机地址打开本页，浏览器才提供密码功能");
    const data = await bytesOf(document.querySelector("#receipt"));
    if (data === null) throw new Error("请先选择回执文件");
    const given = await bytesOf(document.querySelector("#policy"));
    const files = await unzip(data);
    const policy = text(given || files["policy.txt"] || new Uint8Array());
    const found = await check(files, policy);
    say("回执有效：这份原文确实原样记在台账里", "valid", [
      ["台账", found.origin],
      ["编号", `${found.number}（共 ${found.size} 条）`],
      ["行为", found.leaf.action],
      ["对象", `${found.leaf.subject.kind} ${found.leaf.subject.uid}`],
      ["时间（协调世界时）", found.leaf.at],
      ["签署", found.who.join("、")],
      ["依据的信任策略", given ? "您提供的文件" : "回执自带；请把下面的公钥与别处公布的核对"],
      ["台账公钥", policy.split("\n")[0]],
      ["原文", found.record],
    ]);
  } catch (error) {
    say("回执无效或无法核验", "invalid", [["原因", error.message]]);
  }
}

document.querySelector("#check").addEventListener("submit", run);
