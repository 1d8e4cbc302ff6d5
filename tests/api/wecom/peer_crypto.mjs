// The vendor's crypto as the other side. In: one JSON object on stdin; out: one on stdout, in the same order.
//   {token, aesKey, receiveId, texts: [text], sealed: [{encrypted, timestamp, nonce}], files: [base64]}
//   {encrypted: [{encrypted, signature, timestamp, nonce}], opened: [{text, receiveId, signature}], files: [base64]}
import { createRequire } from "node:module";
import { json } from "node:stream/consumers";

const require = createRequire(import.meta.url);
const crypto = require("@wecom/crypto");
const { decryptFile } = require("@wecom/aibot-node-sdk");

const { token, aesKey, receiveId, texts, sealed, files } = await json(process.stdin);

const encrypted = texts.map((text, at) => {
  const [timestamp, nonce] = [String(1476416373 + at), String(at * 7919)];
  const message = crypto.encrypt(aesKey, text, receiveId);
  return {
    encrypted: message,
    signature: crypto.getSignature(token, timestamp, nonce, message),
    timestamp,
    nonce,
  };
});
const opened = sealed.map((one) => {
  const { message, id } = crypto.decrypt(aesKey, one.encrypted);
  return {
    text: message,
    receiveId: id,
    signature: crypto.getSignature(token, one.timestamp, one.nonce, one.encrypted),
  };
});
const plain = files.map((file) => decryptFile(Buffer.from(file, "base64"), `${aesKey}=`).toString("base64"));

process.stdout.write(JSON.stringify({ encrypted, opened, files: plain }));
