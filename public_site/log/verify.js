// What proves a leaf of the log, in the browser: signatures, policy, audit path. Nothing is sent anywhere.
// The same steps as verify.py inside every receipt; docs/ledger-format.md has the format.

export const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
export const utf8 = (string) => new TextEncoder().encode(string);
export const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function fromBase64(string) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(string)) throw new Error("不是 base64 编码");
  const bytes = Uint8Array.from(atob(string), (character) => character.charCodeAt(0));
  if (btoa(String.fromCharCode(...bytes)) !== string) throw new Error("base64 编码不规范");
  return bytes;
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
  if (!quorum) throw new Error("台账已签名，见证人尚未签齐：请稍后重新取一份");
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

// Check that the leaf (bytes) stands in the log as this tlog-proof says; throws an Error that says why not.
export async function checkProof(leaf, proof, policy) {
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
  const root = await climb(leaf, BigInt(index[1]), BigInt(head[1]), lines.slice(2).map(fromBase64));
  if (!same(root, fromBase64(head[2]))) throw new Error("证明没有通向已签署的树根");
  return { number: index[1], size: head[1], origin: head[0], who };
}

// -- What both pages show -----------------------------------------------------------------------------------------------

export function say(verdict, kind, facts, { quietly = false } = {}) {
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
  if (!quietly) box.focus(); // Who asked is led to the answer; who just came stays at the top of the page.
}

export async function bytesOf(input) {
  return input.files.length === 0 ? null : new Uint8Array(await input.files[0].arrayBuffer());
}

export function needCrypto() {
  if (!crypto.subtle) throw new Error("请用 https 或本机地址打开本页，浏览器才提供密码功能");
}
