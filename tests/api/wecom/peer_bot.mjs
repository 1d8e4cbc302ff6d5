// A bot on the vendor's own SDK: answers each kind of callback once, and writes what it meets as JSON lines.
// URL, bot id, secret and the interval of its pings in milliseconds are its arguments.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url); // unlike `import` it looks in NODE_PATH
const { WSClient } = require("@wecom/aibot-node-sdk");

const [wsUrl, botId, secret, heartbeat] = process.argv.slice(2);
const quiet = () => {};

const say = (what, more = {}) => process.stdout.write(`${JSON.stringify({ what, ...more })}\n`);

async function attempt(what, sending) {
  try {
    const ack = await sending;
    say("acked", { cmd: what, errcode: ack.errcode });
  } catch (error) {
    say("not_acked", { cmd: what, errcode: error.errcode ?? null, reason: error.errmsg ?? error.message });
  }
}

const bot = new WSClient({
  botId,
  secret,
  wsUrl,
  heartbeatInterval: Number(heartbeat),
  reconnectInterval: 50,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});

const card = (taskId, title) => ({
  card_type: "button_interaction",
  main_title: { title },
  task_id: taskId,
  button_list: [{ text: "办理", key: "apply" }],
});

bot.on("connected", () => say("connected"));
bot.on("authenticated", () => say("authenticated"));
bot.on("disconnected", (reason) => say("disconnected", { reason }));
bot.on("reconnecting", (number) => say("reconnecting", { number }));
bot.on("error", (error) => say("error", { reason: error.message }));
bot.on("event.disconnected_event", () => say("kicked"));
bot.on("event.feedback_event", (frame) => say("rated", { feedback: frame.body.event.feedback_event }));

bot.on("message.text", async (frame) => {
  const text = frame.body.text.content;
  say("heard", { text, userid: frame.body.from.userid, chatid: frame.body.chatid ?? null });
  if (text === "卡片") {
    await attempt("card", bot.replyTemplateCard(frame, card("task-1", "请选择")));
    return;
  }
  if (text === "推送") {
    const body = { msgtype: "markdown", markdown: { content: "**通知**" } };
    await attempt("push", bot.sendMessage(frame.body.from.userid, body));
    return;
  }
  if (text === "冒名") {
    await attempt("foreign", bot.replyStream({ headers: { req_id: "nobody-said-this" } }, "s", "答"));
    return;
  }
  const stream = `stream-of-${frame.body.msgid}`;
  await attempt("stream", bot.replyStream(frame, stream, "正在查找", false, [], { id: "feedback-1" }));
  await attempt("stream", bot.replyStream(frame, stream, "正在查找政策", false));
  const length = text === "太长" ? 20481 : 3;
  await attempt("stream", bot.replyStream(frame, stream, "a".repeat(length), true));
  if (text === "再改") {
    await attempt("stream", bot.replyStream(frame, stream, "改了", true));
  }
});

bot.on("event.enter_chat", (frame) =>
  attempt("welcome", bot.replyWelcome(frame, { msgtype: "text", text: { content: "您好" } })),
);

bot.on("event.template_card_event", (frame) => {
  const { task_id: taskId } = frame.body.event.template_card_event;
  return attempt("update", bot.updateTemplateCard(frame, card(taskId, "已选择")));
});

bot.connect();
process.stdin.resume();
process.stdin.on("end", () => {
  bot.disconnect();
  process.exit(0);
});
