import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, test, vi } from "vitest";

import ReportForm from "../components/ReportForm.vue";
import type { NewReport } from "../contract";
import { problem, serverWith } from "./support";

const ORGANISATIONS = [{ path: "示例银行", name: "总行" }, { path: "示例银行/安徽省分行", name: "安徽省分行" }];

function form(...answers: Parameters<typeof serverWith>) {
  const { client, asked } = serverWith(...answers);
  const mounted = mount(ReportForm, { props: { organisations: ORGANISATIONS, submit: (given: NewReport) => client.submit(given) }, attachTo: document.body });
  const submit = async () => {
    await mounted.get("form").trigger("submit");
    await flushPromises();
  };
  const fill = async (text = "加班不给钱") => {
    await mounted.get('input[value="rights"]').setValue();
    await mounted.get("textarea").setValue(text);
  };
  return { mounted, asked, submit, fill, alert: () => mounted.find(".trouble") };
}

describe("the report form", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    document.body.innerHTML = "";
  });

  test("sends kind, text and the unit only if one was chosen, and no token", async () => {
    const receipt = { code: "K7QF", received_on: "2026-11-25" };
    const { mounted, asked, submit, fill } = form(Response.json(receipt, { status: 201 }), Response.json(receipt, { status: 201 }));
    await fill(" 加班不给钱 ");
    await submit();
    await mounted.get("select").setValue("示例银行/安徽省分行");
    await submit();
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      ["/api/v1/reports", { about: "rights", text: "加班不给钱" }],
      ["/api/v1/reports", { about: "rights", text: "加班不给钱", org: "示例银行/安徽省分行" }],
    ]);
    expect(asked.some(({ headers }) => headers.has("Authorization"))).toBe(false);
    expect(mounted.emitted("received")?.[0]).toEqual([receipt]);
  });

  test("says what is missing and sends nothing", async () => {
    const { mounted, asked, submit, alert, fill } = form();
    await submit();
    expect(alert().text()).toBe("请先选关于什么。");
    await fill("  ");
    await submit();
    expect(alert().text()).toBe("请写下发生了什么。");
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    await fill("字".repeat(2001));
    await submit();
    expect(mounted.text()).toContain("超出 1 字");
    expect(asked).toEqual([]);
  });

  test.each([
    ["too many", () => problem(429, "too_many_reports", "现在提交的报告太多，请过几分钟再试。"), "现在提交的报告太多，请过几分钟再试。你写的都还在。"],
    ["not ready", () => problem(503, "unavailable", "系统正在启动，请稍后再试。"), "系统正在启动，请稍后再试。你写的都还在。"],
    ["a proxy's page", () => new Response("<h1>502</h1>", { status: 502 }), "系统繁忙，请稍后再试你写的都还在。"],
    ["no answer", () => new TypeError("Failed to fetch"), "没有收到服务器的回答"],
  ])("keeps what was written when it is not received: %s", async (_name, answer, said) => {
    const { mounted, submit, fill, alert } = form(answer());
    await fill();
    await submit();
    expect(alert().text()).toContain(said);
    expect(mounted.get("textarea").element.value).toBe("加班不给钱");
    expect(mounted.get<HTMLInputElement>('input[value="rights"]').element.checked).toBe(true);
    expect(mounted.get<HTMLButtonElement>("button").element.disabled).toBe(false);
    expect(mounted.emitted("received")).toBeUndefined();
  });

  test("without a network it is certain that nothing was sent", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    const { submit, fill, alert } = form(new TypeError("Failed to fetch"));
    await fill();
    await submit();
    expect(alert().text()).toContain("报告还没有送出");
  });

  test("asks the browser to keep and complete nothing", () => {
    const { mounted } = form();
    expect(mounted.get("form").attributes("autocomplete")).toBe("off");
    for (const field of mounted.findAll("input, select, textarea")) expect(field.attributes("autocomplete")).toBe("off");
  });
});
