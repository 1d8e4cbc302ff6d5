/** A server that works out probation, as the tests of the calculators need it. */
import type { Calculator, Kind, Result, Values } from "../calculation/contract";
import { type Call, FakeServer, problem } from "./support";

function field(kind: Kind, title: string, description: string) {
  return { title, description, "x-kind": kind };
}

export const PROBATION: Calculator = {
  name: "probation",
  title: "试用期多长，工资最低多少",
  schema: {
    properties: {
      term: {
        ...field("choice", "合同种类", "合同是有到期日的，还是没有的？"),
        oneOf: [{ const: "fixed", title: "有到期日的合同" }, { const: "open", title: "无固定期限合同" }],
      },
      contract_months: { ...field("months", "合同多长", "劳动合同签了多长？例如：一年、6个月。"), "x-unit": "个月" },
      second_time: field("yes_no", "在本单位已经试用过", "你以前在这个单位试用过吗？"),
      wage: { ...field("money", "转正后的月工资", "约定的转正后月工资是多少？例如：6000元。"), "x-unit": "元" },
      start: { ...field("date", "入职日期", "哪一天入职的？"), formatMinimum: "1930-01-01", formatMaximum: "2100-12-31" },
      place: field("place", "所在的省", "在哪个省上班？"),
    },
  },
};

const ARTICLE = {
  source_id: "law:劳动合同法:第十九条", title: "劳动合同法 第十九条", law: "劳动合同法", article: "第十九条", effective_from: "2008-01-01",
};

export function result(headline: string, fields: Partial<Result> = {}): Result {
  return {
    name: "probation",
    title: PROBATION.title,
    on: "2026-11-26",
    headline,
    steps: [{ text: "合同36个月，试用期最长6个月。", citations: [ARTICLE, ARTICLE] }, { text: "多出0个月。", citations: [] }],
    assumed: ["按你第一次在这个单位试用算。"],
    changes: ["合同期限变了，最长的试用期也会变。"],
    checks: [],
    parameters: [],
    ...fields,
  };
}

/** The refusal of a value, or of a set of values that lacks one. */
export function refusal(code: string, detail: string, about: string): Response {
  return Response.json({ code, detail, field: about, request_id: "r" }, { status: 422 });
}

function workOut({ body }: Call): unknown {
  const { values } = body as { values: Values };
  const { term, contract_months: months } = values;
  if (term === undefined) return refusal("value_missing", "合同是有到期日的，还是没有的？", "term");
  if (term === "open") {
    return months === undefined ? result("试用期最长6个月。") : refusal("value_impossible", "没有到期日，和合同期限对不上。", "contract_months");
  }
  if (months === undefined) return refusal("value_missing", "劳动合同签了多长？", "contract_months");
  if (months === 0) return refusal("value_impossible", "合同期限是0，算不了。合同上写的是多久？", "contract_months");
  if (Number(values["wage"] ?? 1) <= 0) return refusal("value_impossible", "工资是0，算不了。", "wage");
  return result(Number(months) < 36 ? "试用期最长2个月。" : "试用期最长6个月。");
}

export class ProbationServer extends FakeServer {
  constructor(answers: Record<string, (call: Call) => unknown> = {}) {
    super({
      "GET /entitlements": () => [{ name: "probation", title: PROBATION.title, topic: "contract" }],
      "GET /entitlements/probation": () => PROBATION,
      "POST /entitlements/probation": workOut,
      ...answers,
    });
  }

  /** What has been told, call by call. */
  told(): Values[] {
    return this.calls.filter(({ method }) => method === "POST").map(({ body }) => (body as { values: Values }).values);
  }
}

export const BUSY = () => problem(503, "unavailable", "系统正在启动，请稍后再试。");
