/** What the tests share: a server that does what it is told, and a report as it comes back. */
import { ReportClient } from "../client";
import type { Report } from "../contract";

export interface Asked {
  path: string;
  body: unknown;
  headers: Headers;
}

/** A client whose server answers each call with the next of `answers`; an Error is a broken network. */
export function serverWith(...answers: (Response | Error)[]) {
  const asked: Asked[] = [];
  const client = new ReportClient("/api/v1", (input, init) => {
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
    asked.push({ path: input as string, body, headers: new Headers(init?.headers) });
    const answer = answers.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new TypeError("Failed to fetch"));
  });
  return { client, asked };
}

export function problem(status: number, code: string, detail: string): Response {
  return Response.json({ code, detail, request_id: "r" }, { status });
}

export function report(fields: Partial<Report> = {}): Report {
  return { about: "rights", org_name: null, received_on: "2026-11-20", state: "received", text: "加班不给钱", replies: [], ...fields };
}
