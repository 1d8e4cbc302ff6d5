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
  ) {
    super(detail);
  }

  /** The session has ended: back to the login. */
  get loggedOut(): boolean {
    return this.code === "login_required";
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

/** What a failed response says; a proxy's own error page is not ours to show. */
export function failure(response: Response, body: unknown): ApiError {
  const seconds = Number(response.headers.get("Retry-After") ?? "");
  const wait = seconds > 0 ? seconds * 1000 : null;
  const { code, detail } = (typeof body === "object" && body !== null ? body : {}) as { code?: unknown; detail?: unknown };
  if (typeof code === "string" && typeof detail === "string") return new ApiError(response.status, code, detail, wait);
  return new ApiError(response.status, "unknown", t("error.server"), wait);
}
