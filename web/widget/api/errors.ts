/** What can go wrong with a call: the server cannot be reached, or it says no. */
import { t } from "../texts";

/** No answer: offline, refused, timed out. Whether the server did the work is unknown. */
export class Unreachable extends Error {
  override name = "Unreachable";

  constructor(options?: ErrorOptions) {
    super(t("error.unreachable"), options);
  }
}

/** The server's answer `{code, detail}` with its HTTP status; `message` is the sentence to show. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Milliseconds the server asked to wait, if it did. */
    readonly retryAfterMs: number | null = null,
    /** Which of the values sent it is about, if the server said so. */
    readonly field: string | null = null,
  ) {
    super(detail);
  }

  /** The token or the conversation is no longer known. */
  get lost(): boolean {
    return this.status === 401 || (this.status === 404 && this.code !== "attachment_not_found");
  }

  /** The portal's token is not taken: not valid, no longer valid, or this server knows visitors only. */
  get unidentified(): boolean {
    return this.code.startsWith("identity_");
  }

  /** Worth the same call again: the server was overloaded or broken, it did not judge the request. */
  get temporary(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** The sentence to show a person for any failure. */
export function sentence(error: unknown): string {
  return error instanceof ApiError || error instanceof Unreachable ? error.message : t("error.server");
}
