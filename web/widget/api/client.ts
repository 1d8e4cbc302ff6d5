/** The chat's calls to `/api/v1`, typed. Every failure is an ApiError or Unreachable. */
import type { Calculator, CalculatorName, Result, Values } from "../calculation/contract";
import type {
  Attachment,
  ConversationStatus,
  Feedback,
  History,
  NewConversation,
  News,
  Organisation,
  SendAnswer,
  Sending,
  Source,
} from "../contract";
import { type Call, call, fetchContent } from "./call";
import { upload } from "./upload";

/** Which conversation, and the proof that it is ours. */
export interface Ticket {
  id: string;
  token: string;
}

/** How a conversation begins: on our page or in a portal's, for the branch a visitor chose. */
export interface Opening {
  channel: "web" | "widget";
  org: string | null;
}

export class ApiClient {
  constructor(
    /** Where the API is, such as `/api/v1` or `https://union.example/api/v1`. */
    readonly base: string,
    private readonly request: typeof fetch = (input, init) => fetch(input, init),
    private readonly uploading: typeof upload = upload,
  ) {}

  /** `channel` is where the chat stands; `identity` the portal's token of who asks, null for a visitor. */
  createConversation(body: Opening, identity: string | null): Promise<NewConversation> {
    const { channel, org } = body;
    const token = identity === null ? {} : { token: identity };
    return this.#call("/conversations", { method: "POST", body: { channel, ...(org ? { org } : {}) }, ...token });
  }

  conversation({ id, token }: Ticket): Promise<ConversationStatus> {
    return this.#call(`/conversations/${id}`, { token });
  }

  async deleteConversation({ id, token }: Ticket): Promise<void> {
    await this.#call(`/conversations/${id}`, { method: "DELETE", token });
  }

  send({ id, token }: Ticket, body: Sending): Promise<SendAnswer> {
    return this.#call(`/conversations/${id}/messages`, { method: "POST", token, body });
  }

  /** Hand a file in, to be sent with a message later. */
  handIn({ id, token }: Ticket, file: File, onProgress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
    return this.uploading(`${this.base}/conversations/${id}/attachments`, file, { token, onProgress, signal });
  }

  /** What was sent in the conversation or for an own case. */
  attachment({ id, token }: Ticket, attachmentId: string): Promise<Blob> {
    return fetchContent(this.request, `${this.base}/conversations/${id}/attachments/${attachmentId}`, token);
  }

  /** Everything after seq `after`, and how the conversation stands. */
  messages({ id, token }: Ticket, after: number): Promise<News> {
    return this.#call(`/conversations/${id}/messages?after=${after}`, { token });
  }

  async feedback({ id, token }: Ticket, messageId: string, body: Feedback): Promise<void> {
    await this.#call(`/conversations/${id}/messages/${messageId}/feedback`, { method: "POST", token, body });
  }

  /** `asOf` is a plain date: the version of the source that was in force on that day. */
  source(sourceId: string, asOf: string | null = null): Promise<Source> {
    const query = asOf ? `?as_of=${asOf}` : "";
    return this.#call(`/sources/${encodeURIComponent(sourceId)}${query}`);
  }

  /** What the person has said before the message `before`, in other conversations than `beside`. */
  history(identity: string, { before, beside }: { before: string | null; beside: string }): Promise<History> {
    const query = new URLSearchParams({ beside, ...(before === null ? {} : { before }) });
    return this.#call(`/history?${query.toString()}`, { token: identity });
  }

  organisations(): Promise<Organisation[]> {
    return this.#call("/organisations");
  }

  calculators(): Promise<CalculatorName[]> {
    return this.#call("/entitlements");
  }

  calculator(name: string): Promise<Calculator> {
    return this.#call(`/entitlements/${encodeURIComponent(name)}`);
  }

  /** Throws an ApiError `value_missing` that names the value the calculator needs next. */
  workOut(name: string, values: Values, org: string | null): Promise<Result> {
    return this.#call(`/entitlements/${encodeURIComponent(name)}`, { method: "POST", body: { values, ...(org ? { org } : {}) } });
  }

  /** The login in WeChat Work, which comes back to the chat page. */
  get loginAddress(): string {
    return `${this.base}/wecom/login`;
  }

  /** Whether the service has a login: then it sends the browser on, which is not followed here. */
  async loginOffered(): Promise<boolean> {
    try {
      const answer = await this.request(this.loginAddress, { redirect: "manual", cache: "no-store", credentials: "omit" });
      return answer.type === "opaqueredirect";
    } catch {
      return false;
    }
  }

  /** Address and sub-protocols of the conversation's stream; the token never stands in the address. */
  stream({ id, token }: Ticket, after: number): { address: string; protocols: string[] } {
    const url = new URL(`${this.base}/conversations/${id}/stream?after=${after}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return { address: url.href, protocols: ["union-assistant", `token.${token}`] };
  }

  #call<T>(path: string, options: Call = {}): Promise<T> {
    return call<T>(this.request, this.base + path, options);
  }
}
