/** What the tests share: things as the server sends them, a server and a socket that do what they are told. */
import { memoryBox } from "../../widget/conversation/box";
import type { Conversation, Me, Message, Queue, QueueItem, Role, Ticket } from "../api/types";
import { Desk } from "../desk/desk";

export const NOW = new Date("2026-03-05T10:00:00+08:00");

export function me(...roles: Role[]): Me {
  return { id: "s1", login: "wangfang", name: "王芳", grants: roles.map((role) => ({ role, organisation: "示例银行", organisation_name: "示例银行" })) };
}

export function message(seq: number, fields: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    conversation_id: "c1",
    sender: "employee",
    sender_name: null,
    text: `text ${seq}`,
    intent: null,
    decision: null,
    confidence: null,
    citations: [],
    options: [],
    attachments: [],
    at: "2026-03-05T01:00:00Z",
    delivery: null,
    delivery_reason: null,
    ...fields,
  };
}

export function item(fields: Partial<QueueItem> = {}): QueueItem {
  return {
    handover_id: "h1",
    conversation_id: "c1",
    channel: "web",
    state: "queued",
    reason: "asked",
    explanation: "本人要求找工会的人，按所在单位转到合肥分行工会",
    urgent: false,
    beside: false,
    position: 1,
    organisation: "示例银行/安徽省分行/合肥分行",
    organisation_name: "合肥分行",
    routed_to: "示例银行/安徽省分行/合肥分行",
    routed_to_name: "合肥分行工会",
    person: { known: true, name: "张伟" },
    topic: "leave",
    last_text: "年假没休完能折成钱吗？",
    unread: 0,
    requested_at: "2026-03-05T01:48:00Z",
    expected_at: null,
    ticket: null,
    claimed_by: null,
    claimed_at: null,
    ...fields,
  };
}

export function queue(fields: Partial<Queue> = {}): Queue {
  return { waiting: [], mine: [], others: [], ...fields };
}

export function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    state: "queued",
    organisation_name: "合肥分行",
    channel: "web",
    person: { known: true, name: "张伟" },
    created_at: "2026-03-05T01:00:00Z",
    read_seq: 0,
    staff: null,
    mine: false,
    can_claim: true,
    handovers: [],
    messages: [message(1)],
    tickets: [],
    ...fields,
  };
}

export function ticket(fields: Partial<Ticket> = {}): Ticket {
  return {
    number: "T1",
    kind: "mediation",
    kind_title: "劳动争议调解",
    state: "open",
    priority: "normal",
    organisation_name: "合肥分行",
    person: { known: true, name: "赵敏" },
    assignee: null,
    due_at: null,
    overdue: false,
    created_at: "2026-03-05T01:00:00Z",
    changed_at: "2026-03-05T01:00:00Z",
    summary: "调岗",
    urged: false,
    deadline: null,
    description: "不同意调岗",
    consent: null,
    subject_consent: null,
    details: null,
    contact: null,
    conversation_id: null,
    version: 1,
    moves: ["in_progress"],
    history: [],
    attachments: [],
    ...fields,
  };
}

/** Lets everything run that only waits for promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

export class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = 0;
  readonly sent: unknown[] = [];

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

  close(): void {
    this.readyState = 3;
    this.onclose = null;
  }
}

export interface Call {
  method: string;
  path: string;
  query: string;
  body: unknown;
}

/** A staff API whose answers a test lists by `METHOD /path`; a function decides call by call. */
export class FakeServer {
  readonly calls: Call[] = [];

  constructor(readonly answers: Record<string, (call: Call) => unknown>) {}

  readonly request: typeof fetch = async (input) => {
    const request = input as Request;
    const url = new URL(request.url);
    const path = url.pathname.replace("/api/v1/desk", "");
    const text = await request.text();
    const call: Call = { method: request.method, path, query: url.search, body: text === "" ? undefined : JSON.parse(text) };
    this.calls.push(call);
    const decide = this.answers[`${call.method} ${path}`];
    if (!decide) return problem(404, "not_found", "没有这个地址。");
    const result = await decide(call);
    if (result instanceof Response) return result;
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
  };

  made(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }
}

export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, detail, request_id: "r" }, { status, headers });
}

export function deskWith(answers: FakeServer["answers"]) {
  const server = new FakeServer(answers);
  const sockets: FakeSocket[] = [];
  const tab = memoryBox();
  const desk = new Desk({
    request: server.request,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    tab,
    browser: memoryBox(),
  });
  return { desk, server, sockets, tab };
}
