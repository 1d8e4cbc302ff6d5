/** Handing a file in, with word of how far it is. Every failure is an ApiError or Unreachable. */
import type { Attachment } from "../contract";
import { failure } from "./call";
import { Unreachable } from "./errors";

/** A phone's photo over a slow network; a stalled upload is better tried again. */
const TIMEOUT_MS = 180_000;

export interface Uploading {
  token: string;
  /** From 0 to 1; at 1 the server is still to answer. */
  onProgress: (done: number) => void;
  signal: AbortSignal;
}

/** `fetch` does not tell how much of a body has gone out. */
export function upload(address: string, file: File, { token, onProgress, signal }: Uploading): Promise<Attachment> {
  const form = new FormData();
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const unreachable = (): void => reject(new Unreachable());
    request.open("POST", address);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    };
    request.onload = () => {
      const { status, responseText } = request;
      if (status < 200 || status >= 300) reject(failure({ status, retryAfter: request.getResponseHeader("Retry-After") }, responseText));
      else resolve(JSON.parse(responseText) as Attachment);
    };
    request.onerror = request.ontimeout = request.onabort = unreachable;
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
