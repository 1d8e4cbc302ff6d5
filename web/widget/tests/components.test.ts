import { flushPromises, mount } from "@vue/test-utils";
import { describe, expect, test } from "vitest";

import { ApiError } from "../api/errors";
import CitationChips from "../components/CitationChips.vue";
import FeedbackBar from "../components/FeedbackBar.vue";
import OptionButtons from "../components/OptionButtons.vue";
import OwnerBar from "../components/OwnerBar.vue";
import PersonLine from "../components/PersonLine.vue";
import SourcePanel from "../components/SourcePanel.vue";
import SpokenMessage from "../components/SpokenMessage.vue";
import TypingDots from "../components/TypingDots.vue";
import type { Citation, Feedback, Person, Source } from "../contract";
import type { ChatView } from "../conversation/view";
import { message } from "./support";

function citation(fields: Partial<Citation> = {}): Citation {
  return { source_id: "leave-annual-days", title: "年休假有几天", law: null, article: null, effective_from: "2008-01-01", ...fields };
}

function source(fields: Partial<Source> = {}): Source {
  return {
    source_id: "law:职工带薪年休假条例:第三条",
    kind: "article",
    title: "职工带薪年休假条例 第三条",
    text: "条文",
    topic: null,
    scope: "national",
    law: "职工带薪年休假条例",
    article: "第三条",
    citations: [],
    cited_by: [],
    effective_from: "2008-01-01",
    effective_to: null,
    reviewed_on: null,
    owner: null,
    sample: false,
    verified: true,
    ...fields,
  };
}

describe("citation chips", () => {
  test("name the card by its title and the article by its law", () => {
    const rule = citation({ source_id: "law:x:y", law: "职工带薪年休假条例", article: "第三条" });
    const chips = mount(CitationChips, { props: { citations: [citation(), rule] } });
    expect(chips.findAll("button").map((chip) => chip.text())).toEqual(["年休假有几天", "职工带薪年休假条例 第三条"]);
  });

  test("many are counted and opened on demand, one more than fits is simply shown", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => citation({ source_id: String(index) }));
    expect(mount(CitationChips, { props: { citations: many(4) } }).findAll("button")).toHaveLength(4);
    const chips = mount(CitationChips, { props: { citations: many(7) } });
    const buttons = chips.findAll("button");
    expect(buttons.map((chip) => chip.text()).at(-1)).toBe("还有 4 条依据");
    await buttons.at(-1)?.trigger("click");
    expect(chips.findAll("button")).toHaveLength(7);
  });
});

describe("options", () => {
  const options = [{ id: "a", title: "年假" }, { id: "b", title: "病假" }];

  test("can be pressed while open and not afterwards", async () => {
    const buttons = mount(OptionButtons, { props: { options, open: true, chosen: null, menu: false } });
    await buttons.findAll("button")[1]?.trigger("click");
    expect(buttons.emitted("choose")).toEqual([[options[1]]]);
    await buttons.setProps({ open: false, chosen: "病假" });
    expect(buttons.findAll("button").every((each) => each.attributes("disabled") !== undefined)).toBe(true);
    expect(buttons.findAll("button").map((each) => each.attributes("aria-pressed"))).toEqual(["false", "true"]);
  });
});

describe("a message", () => {
  const talk = { open: true, chosen: null, rated: null, rate: () => Promise.resolve(), content: () => Promise.resolve(new Blob()) };
  const shown = (fields: Parameters<typeof message>[1]) => mount(SpokenMessage, { props: { talk, message: message(1, fields) } });

  test("of the employee is shown as typed, not as Markdown", () => {
    const said = shown({ sender: "employee", text: "**不粗** <b>x</b>" });
    expect(said.get(".plain").text()).toBe("**不粗** <b>x</b>");
  });

  test("of staff stands under the name, of the system is a quiet line unless there is a number to call", () => {
    expect(shown({ sender: "staff", sender_name: "合肥分行工会 王敏" }).get("h3").text()).toBe("合肥分行工会 王敏");
    expect(shown({ sender: "staff" }).get("h3").text()).toBe("工会工作人员");
    expect(shown({ sender: "system", text: "王敏已接起。" }).classes()).not.toContain("loud");
    expect(shown({ sender: "system", text: "先打[120](tel:120)。" }).classes()).toContain("loud");
  });

  test("of the bot can be rated when it answers a question", () => {
    expect(shown({ decision: "answer" }).text()).toContain("没帮上");
    expect(shown({ decision: "flow" }).text()).not.toContain("没帮上");
    expect(shown({ decision: "handover" }).text()).not.toContain("没帮上");
    expect(shown({ decision: null }).text()).not.toContain("没帮上");
  });

  test.each(["urgent_help", "ask_condolence"])("to somebody in danger or in grief (%s) asks for no rating", (intent) => {
    expect(shown({ decision: "answer", intent }).text()).not.toContain("没帮上");
  });

  test("of an earlier conversation can be read and nothing else", () => {
    const past = message(1, { decision: "answer", options: [{ id: "o", title: "年假" }] });
    const shown = mount(SpokenMessage, { props: { message: past } });
    expect(shown.findAll("button")).toHaveLength(0);
    expect(shown.attributes("data-seq")).toBeUndefined(); // it is not one of those to be seen
  });

  test("only answers are folded: a choice or an emergency is read whole", () => {
    const text = `先看这里。\n\n${"字".repeat(200)}`;
    expect(shown({ text, decision: "answer" }).text()).toContain("展开细节");
    expect(shown({ text, decision: "clarify" }).text()).not.toContain("展开细节");
    expect(shown({ text, decision: "flow" }).text()).not.toContain("展开细节");
  });
});

describe("feedback", () => {
  test("“没帮上” asks why before anything is sent", async () => {
    const given: Feedback[] = [];
    const rate = (feedback: Feedback) => Promise.resolve(void given.push(feedback));
    const bar = mount(FeedbackBar, { props: { rated: null, rate }, attachTo: document.body });
    await bar.findAll("button")[1]?.trigger("click");
    expect(given).toEqual([]);
    await bar.get('input[value="outdated"]').setValue();
    await bar.get("textarea").setValue(" 去年改了 ");
    await bar.get("form").trigger("submit");
    await flushPromises();
    expect(given).toEqual([{ rating: "down", reason: "outdated", comment: "去年改了" }]);
  });

  test("a refusal of the server is shown and the words stay", async () => {
    const rate = () => Promise.reject(new ApiError(422, "invalid", "这条消息不能评价。"));
    const bar = mount(FeedbackBar, { props: { rated: null, rate } });
    await bar.findAll("button")[0]?.trigger("click");
    await flushPromises();
    expect(bar.get('[role="alert"]').text()).toBe("这条消息不能评价。");
    expect(bar.findAll("button")).toHaveLength(2);
  });
});

describe("where people stand", () => {
  const bar = (fields: Partial<Pick<ChatView, "owner" | "queue" | "staffName">>) =>
    mount(OwnerBar, { props: { view: { owner: "bot", queue: null, staffName: null, ...fields } } }).text();
  const queue = { position: null, expected_at: null, urgent: false };

  test.each([
    [{}, ""],
    [{ owner: "queued", queue: { ...queue, position: 2 } }, "排队中，第 2 位"],
    [{ owner: "queued" }, "正在为你找工会的人"],
    [{ queue: { ...queue, expected_at: "2031-03-05T01:00:00" } }, "预计2031年3月5日 01:00 以后有人回复"],
    [{ queue: { ...queue, urgent: true } }, "已通知值班的工会人员，有人接手会在这里说"],
    [{ queue }, "已转给工会的人，有人接手会在这里说"],
    [{ owner: "staff", staffName: "合肥分行工会 王敏" }, "正在和 合肥分行工会 王敏 说话"],
    [{ owner: "staff" }, "正在和工会的人说话"],
    [{ owner: "closed", queue }, ""],
  ] as const)("%o is said as “%s”", (stands, said) => {
    expect(bar(stands)).toBe(said);
  });

  test("who writes is named, and a person is known by name or told that they are not", () => {
    expect(mount(TypingDots, { props: { by: "staff", staff: "合肥分行工会 王敏" } }).text()).toBe("王敏 正在输入");
    const organisations = [{ path: "示例银行/合肥分行", name: "合肥分行" }];
    const line = (person: Person, branch: string | null) => mount(PersonLine, { props: { person, branch, organisations } }).text();
    expect(line({ known: true, name: "张三" }, "示例银行/合肥分行")).toBe("已登录：张三 · 合肥分行");
    expect(line({ known: true, name: "张三" }, null)).toBe("已登录：张三");
    expect(line({ known: false, name: null }, "示例银行/合肥分行")).toBe("未登录，以访客身份提问");
  });
});

describe("the source panel", () => {
  const request = { sourceId: "law:职工带薪年休假条例:第三条", title: "职工带薪年休假条例 第三条", quote: null, asOf: null };

  async function panel(...sources: (Source | Error)[]) {
    const asked: string[] = [];
    const load = (id: string) => {
      asked.push(id);
      const next = sources.shift();
      return next instanceof Error || !next ? Promise.reject(next ?? new Error("none left")) : Promise.resolve(next);
    };
    const mounted = mount(SourcePanel, { props: { request, load, url: null }, attachTo: document.body });
    await flushPromises();
    return { mounted, asked };
  }

  test("shows the article with its law and dates", async () => {
    const { mounted } = await panel(source());
    expect(mounted.get(".text").text()).toBe("条文");
    expect(mounted.get("dl").text()).toContain("2008年1月1日");
    mounted.unmount();
  });

  test("says honestly that a law's text has not been imported, and invents none", async () => {
    const { mounted } = await panel(source({ text: null }));
    expect(mounted.text()).toContain("本系统还没有导入这部法规的原文。");
    expect(mounted.find(".text").exists()).toBe(false);
    mounted.unmount();
  });

  test("marks what is a sample, unverified or no longer in force", async () => {
    const { mounted } = await panel(source({ kind: "card", sample: true, verified: false, effective_to: "2020-12-31" }));
    expect(mounted.findAll(".mark").map((mark) => mark.text())).toEqual(["示例", "未核实原文"]);
    expect(mounted.get("dl").text()).toContain("已失效");
    mounted.unmount();
  });

  test("leads to the cards that cite the article, and back", async () => {
    const card = citation({ source_id: "leave-annual-days", title: "年休假有几天" });
    const { mounted, asked } = await panel(source({ cited_by: [card] }), source({ kind: "card", title: "年休假有几天", law: null, article: null }), source());
    await mounted.get("section li button").trigger("click");
    await flushPromises();
    expect(mounted.get("h2").text()).toBe("年休假有几天");
    await mounted.get('[aria-label="返回上一条"]').trigger("click");
    await flushPromises();
    expect(asked).toEqual([request.sourceId, "leave-annual-days", request.sourceId]);
    mounted.unmount();
  });

  test("Esc and the back button close it", async () => {
    const { mounted } = await panel(source());
    await mounted.get("dialog").trigger("cancel");
    window.dispatchEvent(new PopStateEvent("popstate"));
    expect(mounted.emitted("close")).toHaveLength(2);
    mounted.unmount();
  });

  test("a source that cannot be opened says why and can be tried again", async () => {
    const { mounted } = await panel(new ApiError(404, "source_not_found", "没有这条依据。"), source());
    expect(mounted.get('[role="alert"]').text()).toContain("没有这条依据。");
    await mounted.get(".again").trigger("click");
    await flushPromises();
    expect(mounted.get(".text").text()).toBe("条文");
    mounted.unmount();
  });
});
