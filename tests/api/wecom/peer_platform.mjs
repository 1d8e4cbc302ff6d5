// The platform as it calls addresses: the vendor's crypto signs, encrypts and opens. A line in, a line out, any order.
//   {id, url, token, aesKey, receiveId, text, as: "xml" | "json" | "echo", timestamp, change, without, raw, after}
//   {id, status, body, ms, opened: {text, receiveId, signed}}
// `change` replaces parts of what is sent once it is signed, `without` leaves query parameters out, `raw` is sent
// in place of the body, `after` waits so many milliseconds first.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(import.meta.url);
const crypto = require("@wecom/crypto");

const envelope = (encrypted, receiveId) =>
  `<xml><ToUserName><![CDATA[${receiveId}]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID>` +
  `<Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;

function open({ token, aesKey }, body) {
  const { encrypt, msgsignature, timestamp, nonce } = JSON.parse(body);
  const { message, id } = crypto.decrypt(aesKey, encrypt);
  const signed = crypto.getSignature(token, String(timestamp), nonce, encrypt) === msgsignature;
  return { text: message, receiveId: id, signed };
}

async function call(asked) {
  const { url, token, aesKey, receiveId, text, as, change = {}, without = [], raw, after = 0 } = asked;
  await sleep(after);
  const timestamp = String(asked.timestamp);
  const nonce = String(Math.floor(Math.random() * 1e9));
  const sealed = crypto.encrypt(aesKey, text, receiveId);
  const query = { msg_signature: crypto.getSignature(token, timestamp, nonce, sealed), timestamp, nonce };
  const encrypted = change.encrypted ?? sealed;
  if (as === "echo") query.echostr = encrypted;
  Object.assign(query, change.query);
  for (const name of without) delete query[name];
  const content = as === "xml" ? envelope(encrypted, receiveId) : JSON.stringify({ encrypt: encrypted });
  const began = performance.now();
  const answer = await fetch(`${url}?${new URLSearchParams(query)}`, {
    method: as === "echo" ? "GET" : "POST",
    body: as === "echo" ? undefined : (raw ?? content),
  });
  const body = await answer.text();
  const ms = performance.now() - began;
  const isSealed = as === "json" && answer.status === 200 && body !== "";
  return { status: answer.status, body, ms, opened: isSealed ? open(asked, body) : null };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  call(asked).then(
    (answered) => console.log(JSON.stringify({ id: asked.id, ...answered })),
    (error) => console.log(JSON.stringify({ id: asked.id, error: String(error.cause ?? error) })),
  );
}
