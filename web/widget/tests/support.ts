/** What the tests share: messages by seq, a server and a socket that do what they are told. */
import { ApiClient } from "../api/client";
import type { Message, NewConversation, News, SendAnswer, Sending, Standing } from "../contract";

export function message(seq: number, fields: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    conversation_id: "c",
    sender: "bot",
    sender_name: null,
    text: `text ${seq}`,
    intent: null,
    decision: null,
    confidence: null,
    citations: [],
    options: [],
    attachments: [],
    at: "2026-03-05T01:00:00Z",
    ...fields,
  };
}

export function answer(seq: number, fields: Partial<SendAnswer> = {}): SendAnswer {
  return {
    accepted: message(seq, { sender: "employee" }),
    messages: [message(seq + 1)],
    state: "bot",
    pending: false,
    ...fields,
  };
}

export const WITH_BOT: Standing = { state: "bot", queue: null, staff_name: null };

/** A conversation as it begins for a visitor. */
export function begun(number: number, fields: Partial<NewConversation> = {}): NewConversation {
  const person = { known: false, name: null };
  return { id: `c${number}`, token: `t${number}`, state: "bot", org: null, person, messages: [], ...fields };
}

/** Messages as polling finds them. */
export function news(messages: Message[], standing: Partial<Standing> = {}): News {
  return { messages, ...WITH_BOT, ...standing };
}

/** Lets everything run that only waits for promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  readyState = 0;
  readonly sent: unknown[] = [];

  constructor(readonly after: number) {}

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  receive(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  break(code: number): void {
    this.onclose?.({ code });
  }
}

export interface Call {
  method: string;
  path: string;
  token: string | null;
  body: unknown;
}

/** An API whose answers a test lists by `METHOD /path`; a function decides call by call. */
export class FakeServer {
  readonly calls: Call[] = [];

  constructor(readonly answers: Record<string, (call: Call) => unknown>) {}

  get client(): ApiClient {
    return new ApiClient("/api/v1", async (input, init) => {
      const path = (input as string).replace("/api/v1", "");
      const call: Call = {
        method: init?.method ?? "GET",
        path,
        token: new Headers(init?.headers).get("Authorization"),
        body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined,
      };
      this.calls.push(call);
      const key = `${call.method} ${path.split("?")[0] ?? ""}`;
      const decide = this.answers[key];
      if (!decide) return problem(404, "not_found", "没有这个地址。");
      const result = await decide(call);
      return result instanceof Response ? result : Response.json(result);
    });
  }

  sent(): Sending[] {
    return this.calls.filter(({ method, path }) => method === "POST" && path.endsWith("/messages")).map(({ body }) => body as Sending);
  }
}

export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, detail, request_id: "r" }, { status, headers });
}
