/** The report page's calls: no token, no cookie, the code only ever in a body. */
import { type Call, call } from "../widget/api/call";
import type { Organisation } from "../widget/contract";
import type { NewReport, Receipt, Report } from "./contract";

export class ReportClient {
  constructor(
    private readonly base: string,
    private readonly request: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  submit(report: NewReport): Promise<Receipt> {
    return this.#call("/reports", { method: "POST", body: report });
  }

  lookUp(code: string): Promise<Report> {
    return this.#call("/reports/lookup", { method: "POST", body: { code } });
  }

  add(code: string, text: string): Promise<Report> {
    return this.#call("/reports/add", { method: "POST", body: { code, text } });
  }

  organisations(): Promise<Organisation[]> {
    return this.#call("/organisations");
  }

  #call<T>(path: string, options: Call = {}): Promise<T> {
    return call<T>(this.request, this.base + path, options);
  }
}
