/** One call of the HTTP interface. Every failure is an ApiError or Unreachable. */
import type { ErrorBody } from "../contract";
import { t } from "../texts";
import { ApiError, Unreachable } from "./errors";

/** A turn may take the server 10 s before it answers `pending`; a slow phone network comes on top. */
const TIMEOUT_MS = 25_000;

export interface Call {
  method?: "GET" | "POST" | "DELETE";
  token?: string;
  body?: unknown;
}

export async function call<T>(request: typeof fetch, address: string, { method = "GET", token, body }: Call = {}): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    const response = await request(address, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: timeout.signal,
      cache: "no-store",
      credentials: "omit",
    });
    const text = await response.text();
    if (!response.ok) throw refused(response, text);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new Unreachable({ cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Fetch a content as it is. */
export async function fetchContent(request: typeof fetch, address: string, token: string): Promise<Blob> {
  let response: Response;
  try {
    response = await request(address, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit" });
    if (response.ok) return await response.blob();
  } catch (error) {
    throw new Unreachable({ cause: error });
  }
  throw refused(response, await response.text().catch(() => ""));
}

function refused(response: Response, text: string): ApiError {
  return failure({ status: response.status, retryAfter: response.headers.get("Retry-After") }, text);
}

/** The refusal that an answer is. */
export function failure({ status, retryAfter }: { status: number; retryAfter: string | null }, text: string): ApiError {
  const seconds = Number(retryAfter ?? "");
  const retryAfterMs = seconds > 0 ? seconds * 1000 : null;
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    if (typeof body.detail === "string") {
      return new ApiError(status, body.code ?? "unknown", body.detail, retryAfterMs, body.field ?? null);
    }
  } catch {
    // A proxy's own error page is not ours to show.
  }
  return new ApiError(status, "unknown", t("error.server"), retryAfterMs);
}
