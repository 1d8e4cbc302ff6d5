import { describe, expect, test } from "vitest";

import { Calculation } from "../calculation/calculation";
import { valueOf } from "../calculation/values";
import { BUSY, ProbationServer, refusal } from "./probation";
import { type Call } from "./support";

async function begun(answers: Record<string, (call: Call) => unknown> = {}, org: string | null = null) {
  const server = new ProbationServer(answers);
  const calculation = new Calculation(server.client, () => org);
  await calculation.choose("probation");
  const answer = async (field: string, text: string) => {
    calculation.write(field, text);
    await calculation.submit();
  };
  return { server, calculation, view: calculation.view, answer };
}

describe("what is written", () => {
  test.each([
    ["months", "12", 12],
    ["money", " 6,000.5 ", 6000.5],
    ["money", "８５００", 8500],
    ["money", "6，000", 6000],
    ["years", "3.5", 3.5],
    ["years", "十二", undefined],
    ["months", "3个月", undefined],
    ["count", "-1", undefined],
    ["days", "  ", null],
    ["date", "2024-02-29", "2024-02-29"],
    ["place", "安徽", "安徽"],
    ["choice", "fixed", "fixed"],
    ["yes_no", "yes", true],
    ["yes_no", "no", false],
    ["yes_no", "", null],
  ] as const)("%s “%s” is told as %s", (kind, written, value) => {
    expect(valueOf(kind, written)).toBe(value);
  });
});

describe("a calculation", () => {
  test("asks for one value after the other, only for those that are needed", async () => {
    const { server, calculation, view, answer } = await begun();
    expect(view.asked).toEqual(["term"]);
    await answer("term", "fixed");
    expect(view.asked).toEqual(["term", "contract_months"]);
    await answer("contract_months", "36");
    expect(view.result?.headline).toBe("试用期最长6个月。");
    expect(server.told()).toEqual([{}, { term: "fixed" }, { term: "fixed", contract_months: 36 }]);
    calculation.change();
    expect(view.written).toMatchObject({ term: "fixed", contract_months: "36" });
  });

  test("tells whose rules count where that is known, and nothing else of the conversation", async () => {
    const { server } = await begun({}, "示例银行/安徽省分行");
    expect(server.calls.at(-1)).toMatchObject({ token: null, body: { values: {}, org: "示例银行/安徽省分行" } });
    expect((await begun()).server.calls.at(-1)?.body).toEqual({ values: {} });
  });

  test("a question that falls away with a changed answer takes its own answer with it", async () => {
    const { server, calculation, view, answer } = await begun();
    await answer("term", "fixed");
    await answer("contract_months", "36");
    calculation.change();
    await answer("term", "open");
    expect(view.result?.headline).toBe("试用期最长6个月。");
    expect(view.trouble).toBeNull();
    expect(server.told().at(-1)).toEqual({ term: "open" });
    calculation.change();
    await answer("term", "fixed");
    expect(view).toMatchObject({ asked: ["term", "contract_months"], result: null });
    expect(view.written["contract_months"]).toBe("");
  });

  test("an answer that is still asked for is told again without a question", async () => {
    const { server, calculation, view, answer } = await begun({
      "POST /entitlements/probation": ({ body }) => {
        const { values } = body as { values: Record<string, unknown> };
        const missing = ["term", "contract_months", "wage"].find((field) => !(field in values));
        return missing ? refusal("value_missing", "多少？", missing) : { headline: JSON.stringify(values), steps: [] };
      },
    });
    await answer("term", "fixed");
    await answer("contract_months", "12");
    await answer("wage", "6000");
    calculation.change();
    await answer("term", "open");
    expect(view.result?.headline).toBe('{"term":"open","contract_months":12,"wage":6000}');
    expect(server.told().slice(-3)).toEqual([{ term: "open" }, { term: "open", contract_months: 12 }, { term: "open", contract_months: 12, wage: 6000 }]);
  });

  test("what nobody asked for is told when it is written", async () => {
    const { server, calculation, answer } = await begun();
    await answer("term", "open");
    calculation.change();
    calculation.write("second_time", "no");
    await answer("wage", "6000");
    expect(server.told().at(-1)).toEqual({ term: "open", second_time: false, wage: 6000 });
  });

  test("a blank or unreadable answer is said at its field and not sent", async () => {
    const { server, calculation, view, answer } = await begun();
    await calculation.submit();
    expect(view.trouble).toEqual({ field: "term", text: "这一项要填了才能算。" });
    await answer("term", "fixed");
    await answer("contract_months", "三年");
    expect(view.trouble).toEqual({ field: "contract_months", text: "请只填数字，比如 12 或 3.5。" });
    expect(server.told()).toHaveLength(2);
    calculation.write("contract_months", "3");
    expect(view.trouble).toBeNull();
  });

  test("a value that cannot be is said at its field, and everything stays", async () => {
    const { view, answer } = await begun();
    await answer("term", "fixed");
    await answer("contract_months", "0");
    expect(view.trouble).toEqual({ field: "contract_months", text: "合同期限是0，算不了。合同上写的是多久？" });
    expect(view.written).toMatchObject({ term: "fixed", contract_months: "0" });
    await answer("contract_months", "12");
    expect(view.result?.headline).toBe("试用期最长2个月。");
  });

  test.each([
    ["a server that is away", BUSY, "系统正在启动，请稍后再试。"],
    ["trouble with what is no field of the form", () => refusal("value_impossible", "那天以前的算不了。", "on"), "那天以前的算不了。"],
    ["a question that is none of the form's", () => refusal("value_missing", "哪天？", "elsewhere"), "哪天？"],
  ])("%s is said of the whole, and can be tried again", async (_name, refused, said) => {
    let times = 0;
    const { view, calculation } = await begun({
      "POST /entitlements/probation": () => ((times += 1) === 1 ? refused() : refusal("value_missing", "哪种？", "term")),
    });
    expect(view).toMatchObject({ busy: false, asked: [], trouble: { field: null, text: said } });
    await calculation.submit();
    expect(view).toMatchObject({ asked: ["term"], trouble: null });
  });

  test("a server that asks again for what it was told is not asked in a circle", async () => {
    const { server, view, answer } = await begun({ "POST /entitlements/probation": () => refusal("value_missing", "哪种？", "term") });
    await answer("term", "fixed");
    expect(view.trouble).toEqual({ field: "term", text: "哪种？" });
    expect(server.told()).toHaveLength(2);
  });

  test("goes back step by step and is cleared on request", async () => {
    const { calculation, view, answer } = await begun();
    await answer("term", "open");
    await calculation.clear();
    expect(view).toMatchObject({ asked: ["term"], written: {}, result: null, again: false });
    await answer("term", "open");
    expect(calculation.back()).toBe(true);
    expect(view.chosen?.name).toBe("probation");
    expect(calculation.back()).toBe(true);
    expect(view).toMatchObject({ chosen: null, written: {} });
    expect(calculation.back()).toBe(false);
  });

  test("a late answer to what has been left changes nothing", async () => {
    let arrive: (() => void) | undefined;
    const { calculation, view } = await begun();
    const slow = new ProbationServer({ "GET /entitlements/probation": () => new Promise((resolve) => (arrive = () => resolve({}))) });
    const left = new Calculation(slow.client, () => null);
    const choosing = left.choose("probation");
    await Promise.resolve();
    left.forget();
    arrive?.();
    await choosing;
    expect(left.view).toMatchObject({ chosen: null, trouble: null, busy: false });
    calculation.forget();
    expect(view).toMatchObject({ chosen: null, written: {} });
  });
});
