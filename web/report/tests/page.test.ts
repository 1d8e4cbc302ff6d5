import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import ReportPage from "../components/ReportPage.vue";
import { problem, report } from "./support";

const CODE = "K7QF-2M9X-PD4T";

let answers: Record<string, () => Response>;
let page: VueWrapper;

async function opened(more: Record<string, () => Response> = {}) {
  answers = {
    "/api/v1/organisations": () => Response.json([]),
    "/api/v1/reports": () => Response.json({ code: CODE, received_on: "2026-11-25" }, { status: 201 }),
    ...more,
  };
  page = mount(ReportPage, { attachTo: document.body });
  await flushPromises();
}

async function press(words: string) {
  await page.findAll("button").find((button) => button.text() === words)?.trigger("click");
  await flushPromises();
}

async function submit() {
  await page.get('input[value="safety"]').setValue();
  await page.get("textarea").setValue("消防通道锁着");
  await page.get("#panel-write form").trigger("submit");
  await flushPromises();
}

async function lookUp(code = CODE) {
  await press("查看回复");
  await page.get('input[name="code"]').setValue(` ${code} `);
  await page.get("#panel-look form").trigger("submit");
  await flushPromises();
}

/** Whether the browser would ask before it leaves. */
function asks(): boolean {
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}

describe("the report page", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", (address: string) => Promise.resolve(answers[address]?.() ?? problem(404, "not_found", "没有这个地址。")));
  });
  afterEach(() => {
    page.unmount();
    vi.unstubAllGlobals();
  });

  test("says what it is, what it is not, and whom to call instead", async () => {
    await opened();
    const said = page.get("aside").text();
    for (const words of ["不记姓名", "不进任何会话", "纪检监察", "工会做不了"]) expect(said).toContain(words);
    const numbers = page.findAll("aside a").map((link) => link.attributes("href"));
    expect(numbers).toEqual(["tel:110", "tel:120", "tel:12356", "tel:12388"]);
  });

  test("shows the code once, and asks before it is lost", async () => {
    await opened();
    expect(asks()).toBe(false);
    await submit();
    expect(page.get(".code").text()).toBe(CODE);
    expect(page.text()).toContain("只显示这一次");
    expect(asks()).toBe(true);
    await press("我已经记下");
    expect(asks()).toBe(false);
    expect(page.html()).not.toContain(CODE);
    await press("再写一份");
    expect(page.get("textarea").element.value).toBe("");
  });

  test("copying the code counts as having it, a failed copy does not", async () => {
    await opened();
    await submit();
    const written = vi.fn(() => Promise.reject(new Error("denied")));
    vi.stubGlobal("navigator", { onLine: true, clipboard: { writeText: written } });
    Object.assign(document, { execCommand: () => false });
    await press("复制");
    expect(page.text()).toContain("复制没成功");
    expect(asks()).toBe(true);
    written.mockImplementation(() => Promise.resolve() as Promise<never>);
    await press("复制");
    expect(written).toHaveBeenLastCalledWith(CODE);
    expect(asks()).toBe(false);
  });

  test("asks before a written text is lost, and a look at the other side loses none", async () => {
    await opened();
    await page.get("textarea").setValue("写到一半");
    await press("查看回复");
    await press("写报告");
    expect(page.get("textarea").element.value).toBe("写到一半");
    expect(asks()).toBe(true);
  });

  test("finds a report by its code, shows the answers, and adds to it", async () => {
    const answered = report({ org_name: "合肥分行", state: "in_progress", replies: [{ by: "union", text: "哪一层？", on: "2026-11-21" }] });
    await opened({
      "/api/v1/reports/lookup": () => Response.json(answered),
      "/api/v1/reports/add": () => Response.json({ ...answered, replies: [...answered.replies, { by: "reporter", text: "三层", on: "2026-11-22" }] }),
    });
    await lookUp();
    const shown = page.get("#panel-look");
    for (const words of ["处理中", "合肥分行", "2026年11月20日收到", "哪一层？"]) expect(shown.text()).toContain(words);
    expect(page.html()).not.toContain(CODE);
    await shown.get("textarea").setValue("三层");
    expect(asks()).toBe(true);
    await shown.get("form").trigger("submit");
    await flushPromises();
    expect(shown.text()).toContain("补充已收到。");
    expect(shown.findAll("article").at(-1)?.text()).toContain("三层");
    expect(asks()).toBe(false);
    await press("看完了，从本页清除");
    expect(page.html()).not.toContain("哪一层");
  });

  test("a code nobody knows is said to be so, and stays to be corrected", async () => {
    await opened({ "/api/v1/reports/lookup": () => problem(404, "report_not_found", "没有找到这份报告，请核对回执码。") });
    await lookUp("WRONG");
    expect(page.get("#panel-look .trouble").text()).toBe("没有找到这份报告，请核对回执码。");
    expect(page.get<HTMLInputElement>('input[name="code"]').element.value.trim()).toBe("WRONG");
  });

  test("an addition that was not received stays to be sent again", async () => {
    await opened({
      "/api/v1/reports/lookup": () => Response.json(report()),
      "/api/v1/reports/add": () => problem(429, "too_many_reports", "请过几分钟再试。"),
    });
    await lookUp();
    await page.get("#panel-look textarea").setValue("三层");
    await page.get("#panel-look form").trigger("submit");
    await flushPromises();
    expect(page.get("#panel-look .trouble").text()).toBe("请过几分钟再试。你写的都还在。");
    expect(page.get<HTMLTextAreaElement>("#panel-look textarea").element.value).toBe("三层");
  });

  test("a closed report says that an addition opens it again", async () => {
    await opened({ "/api/v1/reports/lookup": () => Response.json(report({ state: "closed" })) });
    await lookUp();
    expect(page.get("#panel-look").text()).toContain("补充后会重新处理");
    expect(page.find("#panel-look form").exists()).toBe(true);
  });

  test("leaves nothing in the browser, and nothing on the page for the back button", async () => {
    await opened({ "/api/v1/reports/lookup": () => Response.json(report()) });
    await submit();
    await lookUp();
    expect(localStorage.length + sessionStorage.length).toBe(0);
    expect(document.cookie).toBe("");
    expect(location.href).not.toContain(CODE);
    window.dispatchEvent(new Event("pagehide"));
    await flushPromises();
    expect(page.html()).not.toContain(CODE);
    expect(page.text()).not.toContain("加班不给钱");
  });
});
