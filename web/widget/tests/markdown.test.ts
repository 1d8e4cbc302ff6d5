import { describe, expect, test } from "vitest";

import { fold, html } from "../text/markdown";

function page(text: string): HTMLElement {
  const box = document.createElement("div");
  box.innerHTML = html(text);
  return box;
}

describe("Markdown from the server", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b onclick=alert(1)>粗</b>",
    "前 <iframe src='https://example.org'></iframe> 后",
  ])("shows the HTML %s as text", (text) => {
    const shown = page(text);
    expect(shown.querySelectorAll("script, img, b, iframe")).toHaveLength(0);
    expect(shown.textContent.trim()).toBe(text);
  });

  test.each([
    "[点我](javascript:alert(1))",
    "[点我](JaVaScRiPt:alert(1))",
    "[点我](data:text/html;base64,AAAA)",
    "[点我](vbscript:x)",
    "[点我](file:///etc/passwd)",
    "[点我](//example.org)",
    "[点我](report)",
    "[点我](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
  ])("makes no link of %s", (text) => {
    expect(page(text).querySelectorAll("a")).toHaveLength(0);
  });

  test("opens a page of ours beside the conversation, also out of a portal's frame", () => {
    const link = page("写[匿名报告](/report)").querySelector("a");
    expect([link?.getAttribute("href"), link?.getAttribute("target"), link?.getAttribute("rel")]).toEqual(["/report", "_blank", "noopener noreferrer"]);
  });

  test("links pages, telephones and mail, and sends pages to a tab of their own that knows nothing of ours", () => {
    const links = [...page("[网](https://example.org/?a=1) [电话](tel:12351) [信](mailto:a@example.org)").querySelectorAll("a")];
    expect(links.map((link) => link.getAttribute("href"))).toEqual(["https://example.org/?a=1", "tel:12351", "mailto:a@example.org"]);
    expect(links.map((link) => link.getAttribute("rel"))).toEqual(["noopener noreferrer", null, null]);
    expect(links.map((link) => link.getAttribute("target"))).toEqual(["_blank", null, null]);
  });

  test("loads no image and shows its description instead", () => {
    const shown = page("看![流程<图>](https://example.org/x.png)这里");
    expect(shown.querySelectorAll("img")).toHaveLength(0);
    expect(shown.textContent.trim()).toBe("看流程<图>这里");
  });
});

describe("folding an answer", () => {
  const details = "**你要做什么**\n\n1. 一\n2. 二\n3. 三\n4. 四";

  test("shows the first paragraph and keeps many steps for later", () => {
    const { lead, rest } = fold(`每年**10天**。\n\n${details}`);
    expect(lead).toContain("<strong>10天</strong>");
    expect(lead).not.toContain("你要做什么");
    expect(rest).toContain("<li>四</li>");
  });

  test("keeps a quotation that the first paragraph announces in sight, and folds what follows", () => {
    const article = `第三十九条的原文：\n\n> ${"字".repeat(150)}\n>\n> （一）甲`;
    expect(fold(article).rest).toBeNull();
    const { lead, rest } = fold(`${article}\n\n${"后".repeat(150)}`);
    expect(lead).toContain("（一）甲");
    expect(rest).toContain("后");
  });

  test("leaves a short answer whole", () => {
    expect(fold("每年10天。\n\n- 先问部门\n- 再申请").rest).toBeNull();
  });

  test("folds a long text without steps", () => {
    expect(fold(`每年10天。\n\n${"字".repeat(121)}`).rest).not.toBeNull();
  });

  test("an answer that starts with a list keeps it in sight up to its first paragraph", () => {
    expect(fold("- 一\n- 二").rest).toBeNull();
  });
});
