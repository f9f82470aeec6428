// The page that checks a receipt: the zip is opened and proved here, in the reader's browser.
import { bytesOf, checkProof, fromBase64, join, needCrypto, same, say, sha256, text } from "./verify.js";

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

// -- The receipt --------------------------------------------------------------------------------------------------------

async function check(files, policy) {
  for (const name of ["record.json", "salt", "leaf.json", "receipt.tlog-proof"]) {
    if (!(name in files)) throw new Error(`回执中缺少 ${name}`);
  }
  const leaf = JSON.parse(text(files["leaf.json"]));
  const commitment = await sha256(join(Uint8Array.of(2), files.salt, files["record.json"]));
  if (files.salt.length !== 32 || !same(fromBase64(leaf.commitment), commitment)) {
    throw new Error("原文与台账中的承诺不符：原文被改动过");
  }
  const found = await checkProof(files["leaf.json"], text(files["receipt.tlog-proof"]), policy);
  return { leaf, ...found, record: text(files["record.json"]) };
}

async function run(event) {
  event.preventDefault();
  try {
    needCrypto();
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
