import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, describe, expect, test } from "vitest";

import { Calculation } from "../calculation/calculation";
import type { FieldSchema, Kind } from "../calculation/contract";
import CalculatorPanel from "../components/CalculatorPanel.vue";
import ValueField from "../components/ValueField.vue";
import { BUSY, PROBATION, ProbationServer, result } from "./probation";
import { type Call } from "./support";

async function panel(answers: Record<string, (call: Call) => unknown> = {}) {
  const server = new ProbationServer(answers);
  const mounted = mount(CalculatorPanel, { props: { calculation: new Calculation(server.client, () => null) }, attachTo: document.body });
  await flushPromises();
  const press = async (name: string) => {
    const button = mounted.findAll("button").find((each) => [each.text(), each.attributes("aria-label")].includes(name));
    if (!button) throw new Error(`no button ${name}`);
    await button.trigger("click");
    await flushPromises();
  };
  const submit = async () => {
    await mounted.get("form").trigger("submit");
    await flushPromises();
  };
  const fill = async (field: string, value: string) => {
    await mounted.get<HTMLInputElement>(`[data-field="${field}"] :is(input[type="text"], select)`).setValue(value);
    await submit();
  };
  const pick = async (value: string) => {
    await mounted.get(`input[value="${value}"]`).setValue();
    await submit();
  };
  const shown = () => mounted.findAll("[data-field]").map((each) => each.attributes("data-field"));
  return { mounted, server, press, submit, fill, pick, shown };
}

afterEach(() => {
  document.body.innerHTML = "";
});

describe("the calculators", () => {
  test("one is chosen, its questions come one after the other, and the result says the conclusion first", async () => {
    const { mounted, press, pick, fill, shown } = await panel();
    expect(mounted.get("h2").text()).toBe("想算哪一项？");
    await press(PROBATION.title);
    expect(shown()).toEqual(["term"]);
    expect(document.activeElement?.getAttribute("value")).toBe("fixed");
    await pick("fixed");
    expect(shown()).toEqual(["term", "contract_months"]);
    expect(document.activeElement?.id).toBe("ua-calc-contract_months");
    await fill("contract_months", "36");
    expect(mounted.get("h2").text()).toBe(PROBATION.title);
    expect(mounted.get('[role="status"]').text()).toBe("试用期最长6个月。");
    expect(mounted.findAll("ol > li").map((step) => step.findAll(".chip").map((chip) => chip.text()))).toEqual([["劳动合同法 第十九条"], []]);
    expect(mounted.findAll("summary").map((each) => each.text())).toEqual(["这次按这些算", "这些变了结果会变"]);
    expect(mounted.get("details").attributes("open")).toBeUndefined();
    expect(mounted.text()).toContain("按2026年11月26日的规定算。");
    mounted.unmount();
  });

  test("a chip asks for its source", async () => {
    const { mounted, press, pick } = await panel();
    await press(PROBATION.title);
    await pick("open");
    await press("劳动合同法 第十九条");
    expect(mounted.emitted("source")?.[0]).toMatchObject([{ source_id: "law:劳动合同法:第十九条" }]);
    mounted.unmount();
  });

  test("“改一个数” goes back to what was written, and what may be added stands below", async () => {
    const { mounted, server, press, pick, fill, shown } = await panel();
    await press(PROBATION.title);
    await pick("fixed");
    await fill("contract_months", "36");
    await press("改一个数");
    expect(shown()).toEqual(["term", "contract_months", "second_time", "wage", "start", "place"]);
    expect(mounted.get<HTMLInputElement>("#ua-calc-contract_months").element.value).toBe("36");
    expect(mounted.get<HTMLInputElement>('input[value="fixed"]').element.checked).toBe(true);
    expect(mounted.get('button[type="submit"]').text()).toBe("重新算");
    await fill("contract_months", "12");
    expect(mounted.get('[role="status"]').text()).toBe("试用期最长2个月。");
    await press("补充情况");
    expect(document.activeElement?.closest("[data-field]")?.getAttribute("data-field")).toBe("second_time");
    await mounted.get("#ua-calc-wage").setValue("0");
    await fill("place", "安徽");
    expect(server.told().at(-1)).toEqual({ term: "fixed", contract_months: 12, wage: 0, place: "安徽" });
    expect(mounted.get("#ua-calc-wage-trouble").text()).toBe("工资是0，算不了。");
    expect(mounted.get("#ua-calc-wage").attributes("aria-invalid")).toBe("true");
    mounted.unmount();
  });

  test("“清空” begins the same calculation again", async () => {
    const { mounted, press, pick, shown } = await panel();
    await press(PROBATION.title);
    await pick("fixed");
    await press("清空");
    expect(shown()).toEqual(["term"]);
    expect(mounted.find("input:checked").exists()).toBe(false);
    mounted.unmount();
  });

  test("the way back leads from the result to the form, to the list and out", async () => {
    const { mounted, press, pick } = await panel();
    await press(PROBATION.title);
    await pick("open");
    await press("回去改数");
    expect(mounted.find("form").exists()).toBe(true);
    window.dispatchEvent(new PopStateEvent("popstate"));
    await flushPromises();
    expect(mounted.get("h2").text()).toBe("想算哪一项？");
    expect(mounted.emitted("close")).toBeUndefined();
    window.dispatchEvent(new PopStateEvent("popstate"));
    expect(mounted.emitted("close")).toHaveLength(1);
    mounted.unmount();
  });

  test("a list that cannot be fetched says why and can be tried again", async () => {
    let times = 0;
    const { mounted, press } = await panel({ "GET /entitlements": () => ((times += 1) === 1 ? BUSY() : []) });
    expect(mounted.get('[role="alert"]').text()).toBe("系统正在启动，请稍后再试。");
    await press("再试一次");
    expect(mounted.find('[role="alert"]').exists()).toBe(false);
    mounted.unmount();
  });

  test("the dated values of a result are named with where they are from", async () => {
    const used = { id: "old-age", title: "最低缴费年限", place: null, law: "国务院关于渐进式延迟法定退休年龄的办法", article: "第二条", effective_from: "2025-01-01", effective_to: null };
    const { mounted, press } = await panel({ "POST /entitlements/probation": () => result("可以。", { parameters: [used] }) });
    await press(PROBATION.title);
    expect(mounted.findAll("details").at(-1)?.text()).toContain("最低缴费年限（国务院关于渐进式延迟法定退休年龄的办法第二条，2025年1月1日起）");
    mounted.unmount();
  });
});

describe("a field", () => {
  const field = (kind: Kind, optional = false, more: Partial<FieldSchema> = {}) => {
    const schema = { title: "名字", description: "问题？", "x-kind": kind, ...more };
    return mount(ValueField, { props: { name: "x", field: schema, optional, trouble: null, modelValue: "" } });
  };

  test("for a number names its unit and asks for digits", () => {
    const shown = field("money", false, { "x-unit": "元" });
    expect(shown.get(".unit").text()).toBe("元");
    expect(shown.get("input").attributes()).toMatchObject({ type: "text", inputmode: "decimal" });
    expect(shown.get("input").attributes("aria-describedby")).toContain(shown.get(".unit").attributes("id"));
    expect(shown.get("label").attributes("for")).toBe(shown.get("input").attributes("id"));
  });

  test("for a date has the browser's own calendar, for a count whole digits and no unit", () => {
    const shown = field("date", false, { formatMinimum: "1930-01-01", formatMaximum: "2100-12-31" });
    expect(shown.get("input").attributes()).toMatchObject({ type: "date", min: "1930-01-01", max: "2100-12-31" });
    expect(field("count").get("input").attributes("inputmode")).toBe("numeric");
    expect(field("count").find(".unit").exists()).toBe(false);
  });

  test("for a place lists the 31 provinces", () => {
    expect(field("place").findAll("option")).toHaveLength(32);
  });

  test("for yes or no is two radio buttons, and a third one where it may be left empty", async () => {
    expect(field("yes_no").findAll("label").map((label) => label.text())).toEqual(["是", "否"]);
    const shown = field("yes_no", true);
    expect(shown.findAll("label").map((label) => label.text())).toEqual(["是", "否", "不填"]);
    await shown.get('input[value="no"]').setValue();
    expect(shown.emitted("update:modelValue")).toEqual([["no"]]);
    expect(shown.get("fieldset").attributes("aria-describedby")).toContain("ua-calc-x-about");
  });
});
