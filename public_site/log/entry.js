// The page of one leaf: it proves the leaf that it shows, from the texts on the page itself.
import { bytesOf, checkProof, needCrypto, say, text, utf8 } from "./verify.js";

const shown = (id) => document.querySelector(id).textContent;

async function run(event) {
  const quietly = event === undefined;
  if (!quietly) event.preventDefault();
  try {
    needCrypto();
    const own = await bytesOf(document.querySelector("#own-policy"));
    const policy = own ? text(own) : shown("#policy");
    const found = await checkProof(utf8(shown("#leaf")), shown("#proof"), policy);
    say("核验通过：这一条确实在台账里", "valid", [
      ["编号", `${found.number}（共 ${found.size} 条）`],
      ["台账", found.origin],
      ["签署", found.who.join("、")],
      ["依据的信任策略", own ? "您提供的文件" : "本站提供；请把下面的公钥与别处公布的核对"],
      ["台账公钥", policy.split("\n")[0]],
    ], { quietly });
  } catch (error) {
    say("核验没有通过", "invalid", [["原因", error.message]], { quietly });
  }
}

document.querySelector("#check").addEventListener("submit", run);
run();
