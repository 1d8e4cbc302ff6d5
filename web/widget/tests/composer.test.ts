import { mount } from "@vue/test-utils";
import { describe, expect, test } from "vitest";

import MessageComposer from "../components/MessageComposer.vue";
import { memoryBox } from "../conversation/box";

function composer(box = memoryBox()) {
  const mounted = mount(MessageComposer, { props: { box, handIn: () => Promise.reject(new Error("nothing is chosen")) } });
  const field = mounted.get("textarea");
  const sent = () => (mounted.emitted("send") ?? []).map(([text]) => text as string);
  return { mounted, field, sent };
}

describe("the composer", () => {
  test("Enter sends what was written, trimmed, and empties the field", async () => {
    const { field, sent } = composer();
    await field.setValue("  年假几天 \n");
    await field.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual(["年假几天"]);
    expect(field.element.value).toBe("");
  });

  test("Shift+Enter is left to the field", async () => {
    const { field, sent } = composer();
    await field.setValue("一行");
    await field.trigger("keydown", { key: "Enter", shiftKey: true });
    expect(sent()).toEqual([]);
  });

  test("the Enter that chooses a word in an input method sends nothing", async () => {
    const { field, sent } = composer();
    await field.setValue("nianjia");
    await field.trigger("keydown", { key: "Enter", isComposing: true });
    expect(sent()).toEqual([]);
  });

  test("nor does it in Safari, which has ended the composition by then", async () => {
    const { field, sent } = composer();
    await field.setValue("nianjia");
    await field.trigger("keydown", { key: "Enter", keyCode: 229 });
    expect(sent()).toEqual([]);
  });

  test("blank text is not sent", async () => {
    const { field, sent, mounted } = composer();
    await field.setValue(" \n ");
    await field.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual([]);
    expect(mounted.get("button.send").attributes("disabled")).toBeDefined();
  });

  test("counts characters as the server does, warns near the limit and refuses beyond it", async () => {
    const { field, sent, mounted } = composer();
    await field.setValue("😀".repeat(1990));
    expect(mounted.text()).toContain("还可以写 10 字");
    await field.setValue("😀".repeat(2001));
    expect(mounted.text()).toContain("超出 1 字");
    await field.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual([]);
    await field.setValue("😀".repeat(2000));
    await field.trigger("keydown", { key: "Enter" });
    expect(sent()).toHaveLength(1);
  });

  test("a draft survives a reload and is gone once sent", async () => {
    const box = memoryBox();
    await composer(box).field.setValue("写到一半");
    const { field } = composer(box);
    expect(field.element.value).toBe("写到一半");
    await field.trigger("keydown", { key: "Enter" });
    expect(box.keys()).toEqual([]);
  });
});
