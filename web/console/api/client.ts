/** The console's calls to `/api/v1`, typed by the generated schema. Every failure is an ApiError or Unreachable. */
import createClient, { type Client } from "openapi-fetch";

import { failure, Unreachable } from "./errors";
import type { paths } from "./schema";
import type { ActivityBody, SlotBody, TicketQuery, TicketState } from "./types";

const TIMEOUT_MS = 20_000;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export class DeskApi {
  readonly #http: Client<paths>;

  /** `onLoggedOut` is told whenever the server no longer knows the session. */
  constructor(private readonly onLoggedOut: () => void, request: typeof fetch = (input, init) => fetch(input, init)) {
    this.#http = createClient<paths>({
      baseUrl: location.origin,
      credentials: "same-origin",
      cache: "no-store",
      fetch: (input) => within(TIMEOUT_MS, (signal) => request(input, { signal })),
    });
  }

  login(login: string, password: string) {
    return this.#take(this.#http.POST("/api/v1/desk/login", { body: { login, password } }));
  }

  async logout() {
    await this.#take(this.#http.POST("/api/v1/desk/logout"));
  }

  me() {
    return this.#take(this.#http.GET("/api/v1/desk/me"));
  }

  async changePassword(current: string, next: string) {
    await this.#take(this.#http.POST("/api/v1/desk/password", { body: { current, new: next } }));
  }

  organisations() {
    return this.#take(this.#http.GET("/api/v1/desk/organisations"));
  }

  source(id: string) {
    return this.#take(this.#http.GET("/api/v1/sources/{source_id}", { params: { path: { source_id: id } } }));
  }

  queue() {
    return this.#take(this.#http.GET("/api/v1/desk/queue"));
  }

  conversation(id: string) {
    return this.#take(this.#http.GET("/api/v1/desk/conversations/{conversation_id}", { params: { path: { conversation_id: id } } }));
  }

  why(id: string, message_id: string) {
    return this.#take(this.#http.GET("/api/v1/desk/conversations/{conversation_id}/messages/{message_id}/why", { params: { path: { conversation_id: id, message_id } } }));
  }

  claim(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/conversations/{conversation_id}/claim", { params: { path: { conversation_id: id } } }));
  }

  say(id: string, client_id: string, text: string) {
    return this.#take(this.#http.POST("/api/v1/desk/conversations/{conversation_id}/messages", { params: { path: { conversation_id: id } }, body: { client_id, text } }));
  }

  /** Send an answer once more that did not surely reach the employee's messenger. */
  sendAgain(id: string, message_id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/conversations/{conversation_id}/messages/{message_id}/again", { params: { path: { conversation_id: id, message_id } } }));
  }

  handBack(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/conversations/{conversation_id}/hand-back", { params: { path: { conversation_id: id } } }));
  }

  closeConversation(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/conversations/{conversation_id}/close", { params: { path: { conversation_id: id } } }));
  }

  tickets(query: TicketQuery) {
    return this.#take(this.#http.GET("/api/v1/desk/tickets", { params: { query } }));
  }

  ticket(number: string) {
    return this.#take(this.#http.GET("/api/v1/desk/tickets/{number}", { params: { path: { number } } }));
  }

  colleagues(ticket: string) {
    return this.#take(this.#http.GET("/api/v1/desk/colleagues", { params: { query: { ticket } } }));
  }

  /** `to` null assigns to the viewer. */
  assign(number: string, version: number, to: string | null) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/assign", { params: { path: { number } }, body: { to, version } }));
  }

  /** What the colleague said for whom the case was filed. */
  recordSubject(number: string, version: number, agrees: boolean) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/subject", { params: { path: { number } }, body: { agrees, version } }));
  }

  move(number: string, version: number, state: TicketState, note: string | null) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/move", { params: { path: { number } }, body: { state, version, note } }));
  }

  replyToTicket(number: string, client_id: string, text: string) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/reply", { params: { path: { number } }, body: { client_id, text } }));
  }

  note(number: string, text: string) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/note", { params: { path: { number } }, body: { text } }));
  }

  talk(number: string) {
    return this.#take(this.#http.POST("/api/v1/desk/tickets/{number}/talk", { params: { path: { number } } }));
  }

  activities() {
    return this.#take(this.#http.GET("/api/v1/desk/activities"));
  }

  activity(id: string) {
    return this.#take(this.#http.GET("/api/v1/desk/activities/{activity_id}", { params: { path: { activity_id: id } } }));
  }

  createActivity(body: ActivityBody) {
    return this.#take(this.#http.POST("/api/v1/desk/activities", { body }));
  }

  changeActivity(id: string, version: number, body: ActivityBody) {
    return this.#take(this.#http.PUT("/api/v1/desk/activities/{activity_id}", { params: { path: { activity_id: id } }, body: { ...body, version } }));
  }

  cancelActivity(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/activities/{activity_id}/cancel", { params: { path: { activity_id: id } } }));
  }

  signups(id: string) {
    return this.#take(this.#http.GET("/api/v1/desk/activities/{activity_id}/signups", { params: { path: { activity_id: id } } }));
  }

  slots() {
    return this.#take(this.#http.GET("/api/v1/desk/slots"));
  }

  addSlot(body: SlotBody) {
    return this.#take(this.#http.POST("/api/v1/desk/slots", { body }));
  }

  cancelSlot(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/slots/{slot_id}/cancel", { params: { path: { slot_id: id } } }));
  }

  reports() {
    return this.#take(this.#http.GET("/api/v1/desk/reports"));
  }

  report(id: string) {
    return this.#take(this.#http.GET("/api/v1/desk/reports/{report_id}", { params: { path: { report_id: id } } }));
  }

  replyToReport(id: string, text: string) {
    return this.#take(this.#http.POST("/api/v1/desk/reports/{report_id}/reply", { params: { path: { report_id: id } }, body: { text } }));
  }

  closeReport(id: string) {
    return this.#take(this.#http.POST("/api/v1/desk/reports/{report_id}/close", { params: { path: { report_id: id } } }));
  }

  /** The live stream; the session's cookie goes with it. */
  stream(): WebSocket {
    const url = new URL("/api/v1/desk/stream", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(url);
  }

  async #take<T>(call: Promise<Answer<T>>): Promise<T> {
    let answer: Answer<T>;
    try {
      answer = await call;
    } catch (cause) {
      throw new Unreachable({ cause });
    }
    if (answer.response.ok) return answer.data as T;
    const error = failure(answer.response, answer.error);
    if (error.loggedOut) this.onLoggedOut();
    throw error;
  }
}

async function within<T>(limit: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limit);
  try {
    return await work(timeout.signal);
  } finally {
    clearTimeout(timer);
  }
}
