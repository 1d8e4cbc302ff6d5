import { flushPromises, mount } from "@vue/test-utils";
import { describe, expect, test } from "vitest";

import { Unreachable } from "../api/errors";
import EarlierTalk from "../components/EarlierTalk.vue";
import type { EarlierMessage, History } from "../contract";
import { type Box, memoryBox } from "../conversation/box";
import { stretches } from "../conversation/earlier";
import { message } from "./support";

function said(id: string, fields: Partial<EarlierMessage> = {}): EarlierMessage {
  return { ...message(1), channel: "web", ...fields, id, text: `第${id}句` };
}

const WECOM = { channel: "wecom_bot", conversation_id: "w" };

describe("what was said before", () => {
  test("stands in stretches of one conversation and one day", () => {
    const parts = stretches([
      said("1"),
      said("2"),
      said("3", WECOM),
      said("4", { ...WECOM, at: "2026-03-07T01:00:00Z" }),
      said("5", { at: "2026-03-07T01:00:00Z" }),
    ]);
    expect(parts.map(({ wecom, messages }) => [wecom, messages.map(({ id }) => id).join("")])).toEqual([
      [false, "12"],
      [true, "3"],
      [true, "4"],
      [false, "5"],
    ]);
  });

  function shown(pages: (History | null | Error)[], box: Box = memoryBox()) {
    const asked: (string | null)[] = [];
    const fetch = (before: string | null) => {
      asked.push(before);
      const page = pages.shift() ?? null;
      return page instanceof Error ? Promise.reject(page) : Promise.resolve(page);
    };
    return { page: mount(EarlierTalk, { props: { fetch, box } }), asked, box };
  }

  test("is asked for by nobody but the person, and comes page by page above", async () => {
    const { page, asked } = shown([
      { messages: [said("4"), said("3", WECOM)], more: true },
      { messages: [said("2", WECOM)], more: false },
    ]);
    expect(asked).toEqual([]);
    await page.get("button").trigger("click");
    await flushPromises();
    expect(page.findAll("article").map((each) => each.get(".bubble").text())).toEqual(["第3句", "第4句"]);
    expect(page.findAll("h2").map((each) => each.text().split(" ").at(-1))).toEqual(["在企业微信里", "在网页上", "这次对话"]);
    await page.get("button").trigger("click");
    await flushPromises();
    expect(asked).toEqual([null, "3"]);
    expect(page.findAll("article")).toHaveLength(3);
    expect(page.findAll("button")).toHaveLength(0);
    expect(page.text()).toContain("没有更早的了");
  });

  test("says when there is nothing", async () => {
    const { page } = shown([{ messages: [], more: false }]);
    await page.get("button").trigger("click");
    await flushPromises();
    expect(page.text()).toBe("以前没有对话。");
  });

  test.each([
    [new Unreachable(), "连不上服务器"],
    [null, "登录已经过期"],
  ])("that could not be had can be asked for again", async (failure, words) => {
    const { page, box } = shown([failure, { messages: [said("1")], more: false }]);
    await page.get("button").trigger("click");
    await flushPromises();
    expect(page.get('[role="alert"]').text()).toContain(words);
    expect(box.keys()).toEqual([]);
    await page.get("button").trigger("click");
    await flushPromises();
    expect(page.findAll("article")).toHaveLength(1);
    expect(page.find('[role="alert"]').exists()).toBe(false);
  });

  test("is gone on with after the page was left for a login", async () => {
    const box = memoryBox();
    const left = mount(EarlierTalk, { props: { fetch: () => new Promise<null>(() => undefined), box } });
    await left.get("button").trigger("click");
    left.unmount();
    const { page } = shown([{ messages: [said("1")], more: false }], box);
    await flushPromises();
    expect(page.findAll("article")).toHaveLength(1);
  });
});
