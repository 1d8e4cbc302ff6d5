import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, test } from "vitest";
import type { Component } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import ConversationPane from "../components/ConversationPane.vue";
import MessageBubble from "../components/MessageBubble.vue";
import PhoneText from "../components/PhoneText.vue";
import QueueCard from "../components/QueueCard.vue";
import ReplyBox from "../components/ReplyBox.vue";
import TicketPane from "../components/TicketPane.vue";
import { deskKey } from "../desk/desk";
import { sections } from "../desk/session";
import { channelName } from "../text/people";
import { sends } from "../ui/enter";
import LoginView from "../views/LoginView.vue";
import { conversation, deskWith, item, me, message, NOW, problem, ticket } from "./support";

async function shown(component: Component, props: Record<string, unknown>, answers: Parameters<typeof deskWith>[0] = {}) {
  const made = deskWith({ "GET /me": () => me("officer"), ...answers });
  await made.desk.session.start();
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ["", "queue", "tickets"].map((name) => ({ path: name === "" ? "/" : `/${name}/:id?/:number?`, name, component: { template: "" } })),
  });
  const mounted = mount(component, { props, attachTo: document.body, global: { plugins: [router], provide: { [deskKey as symbol]: made.desk } } });
  await flushPromises();
  return { ...made, mounted, router };
}

async function press(name: string): Promise<void> {
  const found = [...document.querySelectorAll("button")].find((each) => each.textContent.trim() === name);
  if (!found) throw new Error(`no button ${name}`);
  found.click();
  await flushPromises();
}

afterEach(() => {
  document.body.innerHTML = "";
});

describe("the login", () => {
  test("shows what the server says, a lock-out included, and empties the password", async () => {
    const { mounted } = await shown(LoginView, {}, { "POST /login": () => problem(423, "login_locked", "账号锁定到 10:15。") });
    await mounted.get("#login-name").setValue("wangfang");
    await mounted.get("#login-password").setValue("wrong");
    await mounted.get("form").trigger("submit");
    await flushPromises();
    expect(mounted.get('[role="alert"]').text()).toBe("账号锁定到 10:15。");
    expect((mounted.get("#login-password").element as HTMLInputElement).value).toBe("");
  });

  test("asks for both fields before it calls the server", async () => {
    const { mounted, server } = await shown(LoginView, {});
    await mounted.get("form").trigger("submit");
    expect(mounted.text()).toContain("请填写账号和密码。");
    expect(server.made("POST", "/login")).toEqual([]);
  });
});

test("the navigation shows what the roles allow", () => {
  expect(sections(me("officer"))).toEqual(["queue", "tickets", "activities"]);
  expect(sections(me("counsellor"))).toEqual(["queue", "tickets", "slots"]);
  expect(sections(me("confidant"))).toContain("reports");
  expect(sections(me("on_call"))).toEqual(["queue"]);
  expect(sections(me("administrator"))).toEqual([]);
});

describe("a card of the queue", () => {
  test("says who, where, why and since when", async () => {
    const { mounted } = await shown(QueueCard, { item: item({ expected_at: "2026-03-05T02:30:00Z" }), now: NOW, kind: "waiting" });
    for (const words of ["张伟", "合肥分行", "要求找人", "按所在单位转到合肥分行工会", "等了 12 分钟"]) expect(mounted.text()).toContain(words);
    expect(mounted.find(".urgent").exists()).toBe(false);
  });

  test("that is urgent is marked in words as well as in colour", async () => {
    const { mounted } = await shown(QueueCard, { item: item({ urgent: true, person: { known: false, name: null } }), now: NOW, kind: "waiting" });
    expect(mounted.get(".urgent").text()).toContain("紧急");
    expect(mounted.text()).toContain("访客");
  });

  test("of a colleague's that may not be read leads nowhere", async () => {
    const theirs = item({ last_text: null, claimed_by: { id: "s2", name: "李强" } });
    const { mounted } = await shown(QueueCard, { item: theirs, now: NOW, kind: "others" });
    expect(mounted.find("a").exists()).toBe(false);
    expect(mounted.text()).toContain("李强 在接待");
  });

  test("of one's own counts what is unread", async () => {
    const { mounted } = await shown(QueueCard, { item: item({ unread: 2 }), now: NOW, kind: "mine" });
    expect(mounted.get('[aria-label="2 条未读"]').text()).toBe("2");
  });
});

describe("a message", () => {
  const bubble = (fields: Parameters<typeof message>[1], read: boolean | null = null) => mount(MessageBubble, { props: { message: message(1, fields), read, mine: false } });

  test("of the employee is shown as typed, of the others as CommonMark without HTML", () => {
    expect(bubble({ text: "**不粗** <b>x</b>" }).get(".plain").text()).toBe("**不粗** <b>x</b>");
    const said = bubble({ sender: "staff", text: "**粗** <img src=x onerror=alert(1)>" });
    expect(said.get("strong").text()).toBe("粗");
    expect(said.find("img").exists()).toBe(false);
  });

  test("of the assistant says why when asked, in the server's words, and asks the server once", async () => {
    const lines = [
      { label: "听成", texts: ["问“请假休假”（87%）"], details: "ask_leave 0.87" },
      { label: "结论", texts: ["直接回答"], details: null },
    ];
    const said = { message: message(2, { sender: "bot", text: "10天" }), read: null, mine: false };
    const { mounted, server } = await shown(MessageBubble, said, { "GET /conversations/c1/messages/m2/why": () => ({ lines }) });
    expect(server.made("GET", "/conversations/c1/messages/m2/why")).toEqual([]);
    const toggle = mounted.get("button[aria-expanded]");
    await toggle.trigger("click");
    await flushPromises();
    expect(toggle.attributes("aria-expanded")).toBe("true");
    expect(mounted.findAll("dt").map((label) => label.text())).toEqual(["听成", "结论"]);
    expect(mounted.get(".details").text()).toBe("ask_leave 0.87");
    await toggle.trigger("click");
    await toggle.trigger("click");
    expect(server.made("GET", "/conversations/c1/messages/m2/why")).toHaveLength(1);
  });

  test("that cannot be explained now says so and is asked for again", async () => {
    let down = true;
    const answer = () => (down ? problem(503, "unavailable", "系统繁忙，请稍后再试。") : { lines: [{ label: "结论", texts: ["直接回答"], details: null }] });
    const { mounted } = await shown(MessageBubble, { message: message(2, { sender: "bot" }), read: null, mine: false }, { "GET /conversations/c1/messages/m2/why": answer });
    await press("为什么这样答");
    expect(mounted.get('[role="alert"]').text()).toContain("系统繁忙");
    down = false;
    await press("再试一次");
    expect(mounted.get("dd").text()).toBe("直接回答");
  });

  test("of a person has nothing to explain", () => {
    for (const sender of ["employee", "staff", "system"] as const) expect(bubble({ sender }).text()).not.toContain("为什么这样答");
  });

  test("of staff says who wrote it and whether it was read", () => {
    const said = bubble({ sender: "staff", sender_name: "王芳 · 合肥分行工会" }, true);
    expect(said.text()).toContain("王芳 · 合肥分行工会");
    expect(said.text()).toContain("对方已读");
  });
});

describe("a message on its way to a messenger", () => {
  const AGAIN = "POST /conversations/c1/messages/m2/again";
  const bubble = (fields: Parameters<typeof message>[1], mine = true, answers: Parameters<typeof deskWith>[0] = {}) =>
    shown(MessageBubble, { message: message(2, { sender: "staff", ...fields }), read: null, mine }, answers);
  const failed = { delivery: "failed", delivery_reason: "对方退出了应用" } as const;

  test.each([
    ["pending", null, "正在发往企业微信"],
    ["sent", null, "已送达企业微信"],
    ["failed", "对方退出了应用", "没有送达：对方退出了应用"],
    ["unknown", "没有等到回音", "送达情况不明：没有等到回音"],
  ] as const)("that is %s says so", async (delivery, delivery_reason, words) => {
    const { mounted } = await bubble({ delivery, delivery_reason });
    expect(mounted.get(".delivery").text()).toContain(words);
  });

  test("of the assistant is only told of when it did not surely arrive", async () => {
    expect((await bubble({ sender: "bot", delivery: "sent" })).mounted.find(".delivery").exists()).toBe(false);
    expect((await bubble({ sender: "bot", ...failed })).mounted.get(".delivery").text()).toBe("没有送达：对方退出了应用");
  });

  test("that failed is sent again with one press by who has the conversation, and by nobody else", async () => {
    const { server } = await bubble(failed, true, { [AGAIN]: () => message(2, { delivery: "pending" }) });
    await press("再发一次");
    expect(server.made("POST", "/conversations/c1/messages/m2/again")).toHaveLength(1);
    document.body.innerHTML = "";
    const { mounted } = await bubble(failed, false);
    expect(mounted.find(".delivery button").exists()).toBe(false);
  });

  test("of which nobody knows is sent again only after a warning", async () => {
    const { server } = await bubble({ delivery: "unknown", delivery_reason: "没有等到回音" }, true, { [AGAIN]: () => message(2, { delivery: "pending" }) });
    await press("再发一次");
    expect(server.made("POST", "/conversations/c1/messages/m2/again")).toEqual([]);
    expect(document.body.textContent).toContain("对方可能看到两遍");
    document.querySelector<HTMLButtonElement>(".el-message-box__btns .el-button--primary")?.click();
    await flushPromises();
    expect(server.made("POST", "/conversations/c1/messages/m2/again")).toHaveLength(1);
  });
});

describe("where somebody writes from", () => {
  test.each([
    ["web", "网页"],
    ["wecom_bot", "企业微信机器人"],
    ["wecom_app", "企业微信应用"],
    ["wecom_group", "企业微信群"],
    ["pigeon", "pigeon"],
  ])("%s is called %s", (channel, name) => {
    expect(channelName(channel)).toBe(name);
  });

  test("stands on the card in the queue", async () => {
    const { mounted } = await shown(QueueCard, { item: item({ channel: "wecom_bot" }), now: NOW, kind: "waiting" });
    expect(mounted.get(".foot").text()).toContain("企业微信机器人");
  });
});

describe("the reply box", () => {
  test("sends once at Enter, is empty then, and breaks the line at Shift+Enter", async () => {
    const { mounted, server } = await shown(ReplyBox, { conversation: "c1" }, { "POST /conversations/c1/messages": () => message(2, { sender: "staff" }) });
    const field = mounted.get("textarea");
    await field.setValue("你好");
    await field.trigger("keydown", { key: "Enter", shiftKey: true });
    expect(server.made("POST", "/conversations/c1/messages")).toEqual([]);
    await field.trigger("keydown", { key: "Enter" });
    await field.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(server.made("POST", "/conversations/c1/messages").map(({ body }) => (body as { text: string }).text)).toEqual(["你好"]);
    expect(field.element.value).toBe("");
  });

  test("keeps unsent text for its conversation", async () => {
    const { mounted, tab } = await shown(ReplyBox, { conversation: "c1" });
    await mounted.get("textarea").setValue("写了一半");
    await mounted.setProps({ conversation: "c2" });
    expect(mounted.get("textarea").element.value).toBe("");
    await mounted.setProps({ conversation: "c1" });
    expect(mounted.get("textarea").element.value).toBe("写了一半");
    expect(tab.get("desk.draft.c1")).toBe("写了一半");
  });

  test("the Enter that chooses a word in an IME does not send", () => {
    expect(sends(new KeyboardEvent("keydown", { key: "Enter", isComposing: true }))).toBe(false);
    expect(sends(new KeyboardEvent("keydown", { key: "Enter" }))).toBe(true);
  });
});

describe("a conversation", () => {
  test("can be answered only once it is claimed", async () => {
    const { mounted } = await shown(ConversationPane, { id: "c1" }, {
      "GET /conversations/c1": () => conversation(),
      "POST /conversations/c1/claim": () => conversation({ state: "staff", mine: true, can_claim: false, staff: { id: "s1", name: "王芳" } }),
    });
    expect(mounted.find("textarea").exists()).toBe(false);
    await press("接起会话");
    expect(mounted.find("textarea").exists()).toBe(true);
    expect(mounted.text()).toContain("交回助手");
  });

  test("in a colleague's hands says whose", async () => {
    const { mounted } = await shown(ConversationPane, { id: "c1" }, {
      "GET /conversations/c1": () => conversation({ state: "staff", can_claim: false, staff: { id: "s2", name: "李强" } }),
    });
    expect(mounted.text()).toContain("李强 正在接待这个会话。");
    expect(mounted.find("textarea").exists()).toBe(false);
  });

  test("shows what the assistant's answer rested on", async () => {
    const cited = { source_id: "a", title: "职工带薪年休假条例 第五条", law: "职工带薪年休假条例", article: "第五条" };
    const { mounted } = await shown(ConversationPane, { id: "c1" }, {
      "GET /conversations/c1": () => conversation({ messages: [message(1, { text: "年假能折钱吗" }), message(2, { sender: "bot", decision: "answer", confidence: 0.82, citations: [cited] })] }),
    });
    const evidence = mounted.get('[aria-labelledby="facts-evidence"]').text();
    for (const words of ["年假能折钱吗", "很有把握（82%）", "职工带薪年休假条例 第五条"]) expect(evidence).toContain(words);
  });
});

test("telephone numbers in a contact can be called", () => {
  const contact = mount(PhoneText, { props: { text: "王芳 138 0000 1234，座机 0551-60000000" } });
  expect(contact.findAll("a").map((link) => link.attributes("href"))).toEqual(["tel:13800001234", "tel:055160000000"]);
  expect(contact.text()).toContain("王芳");
});

describe("a ticket", () => {
  test("offers only the moves the server allows", async () => {
    const { mounted } = await shown(TicketPane, { number: "T1" }, { "GET /tickets/T1": () => ticket({ moves: ["waiting", "resolved"] }) });
    const moves = mounted.get('[aria-label="改变状态"]').findAll("button");
    expect(moves.map((each) => each.text())).toEqual(["等待补充", "办结"]);
  });

  test("shows its material: a picture small, a paper by name, each at the desk's own address", async () => {
    const attachments = [
      { id: "p", name: "诊断.png", media_type: "image/png", size: 2048 },
      { id: "d", name: "缴费.pdf", media_type: "application/pdf", size: 4096 },
    ];
    const { mounted } = await shown(TicketPane, { number: "T1" }, { "GET /tickets/T1": () => ticket({ attachments }) });
    expect(mounted.text()).toContain("材料（2）");
    const links = mounted.findAll(".attachments a");
    expect(links.map((link) => link.attributes("href"))).toEqual(["/api/v1/desk/attachments/p", "/api/v1/desk/attachments/d"]);
    expect([links[0]?.get("img").attributes("alt"), links[1]?.text()]).toEqual(["诊断.png", "缴费.pdf4 KB"]);
    const bubble = await shown(MessageBubble, { message: message(1, { sender: "employee", attachments }), read: null });
    expect(bubble.mounted.findAll(".attachments a")).toHaveLength(2);
  });

  test("that somebody else changed meanwhile says so and is fetched again", async () => {
    let version = 0;
    const { server } = await shown(TicketPane, { number: "T1" }, {
      "GET /tickets/T1": () => ticket({ version: (version += 1), assignee: { id: "s2", name: "李强" } }),
      "POST /tickets/T1/assign": () => problem(409, "changed_meanwhile", "这张工单刚被别人改过。"),
    });
    await press("由我负责");
    expect(document.body.textContent).toContain("这张工单刚被别人改过。已重新载入");
    await press("由我负责");
    expect(server.made("POST", "/tickets/T1/assign").map(({ body }) => body)).toEqual([{ to: null, version: 1 }, { to: null, version: 2 }]);
  });

  test("a reply that failed is sent again under the same name", async () => {
    let broken = true;
    const { mounted, server } = await shown(TicketPane, { number: "T1" }, {
      "GET /tickets/T1": () => ticket(),
      "POST /tickets/T1/reply": () => (broken ? problem(503, "unavailable", "稍后再试。") : ticket()),
    });
    await mounted.get("textarea").setValue("已经联系");
    await mounted.get("form").trigger("submit");
    await flushPromises();
    expect(mounted.get("textarea").element.value).toBe("已经联系");
    broken = false;
    await mounted.get("form").trigger("submit");
    await flushPromises();
    const names = server.made("POST", "/tickets/T1/reply").map(({ body }) => (body as { client_id: string }).client_id);
    expect(names).toHaveLength(2);
    expect(names[0]).toBe(names[1]);
    expect(mounted.get("textarea").element.value).toBe("");
  });

  test("filed for a colleague says so, and what the colleague said is kept", async () => {
    let consent: "open" | "confirmed" = "open";
    const { mounted, server } = await shown(TicketPane, { number: "T1" }, {
      "GET /tickets/T1": () => ticket({ subject_consent: consent }),
      "POST /tickets/T1/subject": () => ticket({ subject_consent: (consent = "confirmed"), version: 2 }),
    });
    expect(mounted.text()).toContain("代报，本人同意未确认");
    await press("记下：本人同意");
    expect(server.made("POST", "/tickets/T1/subject").map(({ body }) => body)).toEqual([{ agrees: true, version: 1 }]);
    expect(mounted.text()).toContain("代报，本人已同意");
    expect(mounted.findAll("button").map((each) => each.text())).not.toContain("记下：本人同意");
  });

  test("with a deadline of the law says how long is left", async () => {
    const { mounted } = await shown(TicketPane, { number: "T1" }, { "GET /tickets/T1": () => ticket({ deadline: { text: "申请仲裁要在一年内", on: "2099-01-01" } }) });
    expect(mounted.get('[role="alert"]').text()).toContain("法定期限到 2099年1月1日");
  });
});
