import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, test, vi } from "vitest";

import { ApiError, Unreachable } from "../api/errors";
import { upload } from "../api/upload";
import AttachmentList from "../components/AttachmentList.vue";
import MessageComposer from "../components/MessageComposer.vue";
import type { Attachment } from "../contract";
import { memoryBox } from "../conversation/box";
import { Outbox } from "../conversation/outbox";
import { type HandIn, SIZE_LIMIT, Uploads } from "../conversation/uploads";
import { fileSize } from "../text/size";
import { answer, settle } from "./support";

const PICTURE: Attachment = { id: "p", name: "a.png", media_type: "image/png", size: 2048 };
const PAPER: Attachment = { id: "d", name: "b.pdf", media_type: "application/pdf", size: 3 * 1024 * 1024 };

function file(name = "a.png", size = 3): File {
  const made = new File(["abc"], name, { type: "image/png" });
  Object.defineProperty(made, "size", { value: size });
  return made;
}

/** Uploads whose answers the test gives. */
function handed() {
  const calls: { file: File; onProgress: (done: number) => void; signal: AbortSignal; take: (attachment: Attachment) => void; refuse: (error: unknown) => void }[] = [];
  const handIn: HandIn = (chosen, onProgress, signal) =>
    new Promise((take, refuse) => calls.push({ file: chosen, onProgress, signal, take, refuse }));
  return { calls, handIn, uploads: new Uploads(handIn) };
}

describe("files for the next message", () => {
  test("are handed in at once, tell how far they are, and are taken with the message", async () => {
    const { calls, uploads } = handed();
    uploads.add([file()]);
    calls[0]?.onProgress(0.5);
    expect([uploads.items[0]?.progress, uploads.pending, uploads.ready]).toEqual([0.5, true, []]);
    calls[0]?.take(PICTURE);
    await settle();
    expect([uploads.pending, uploads.take(), uploads.items]).toEqual([false, [PICTURE], []]);
  });

  test("that are refused say why and hold nothing up", async () => {
    const { calls, uploads } = handed();
    uploads.add([file("x.exe")]);
    calls[0]?.refuse(new ApiError(422, "attachment_kind", "这种文件收不了。"));
    await settle();
    expect([uploads.items[0]?.trouble, uploads.pending]).toEqual(["这种文件收不了。", false]);
  });

  test("that are too large or too many are not even tried", () => {
    const { calls, uploads } = handed();
    uploads.add([file("big.png", SIZE_LIMIT + 1), ...Array.from({ length: 10 }, () => file())]);
    expect(calls.length).toBe(9);
    expect(uploads.items.filter(({ trouble }) => trouble !== null).map(({ trouble }) => trouble)).toEqual(["太大，最多 10 MB", "一次最多发 9 个"]);
  });

  test("that are taken back are given up", () => {
    const { calls, uploads } = handed();
    uploads.add([file(), file()]);
    uploads.remove(uploads.items[0]?.key ?? 0);
    expect([calls[0]?.signal.aborted, calls[1]?.signal.aborted, uploads.items.length]).toEqual([true, false, 1]);
    uploads.stop();
    expect(calls[1]?.signal.aborted).toBe(true);
  });
});

describe("the composer", () => {
  test("sends a picture without words once the server has it", async () => {
    const { calls, handIn } = handed();
    const composer = mount(MessageComposer, { props: { box: memoryBox(), handIn } });
    const send = composer.get("button.send");
    const picker = composer.get("input[type=file]");
    Object.defineProperty(picker.element, "files", { value: [file()] });
    Object.defineProperty(picker.element, "value", { value: "", writable: true });
    await picker.trigger("change");
    expect([send.attributes("disabled"), composer.find("progress").exists()]).toEqual(["", true]);
    calls[0]?.take(PICTURE);
    await settle();
    await composer.get("form").trigger("submit");
    expect(composer.emitted("send")).toEqual([["", [PICTURE]]]);
    expect(composer.find(".uploads").exists()).toBe(false);
  });
});

describe("an unsent message", () => {
  test.each([
    ["", { attachments: ["p"] }],
    ["发票", { text: "发票", attachments: ["p"] }],
  ])("with a picture and the words “%s” names the picture by its id", async (text, body) => {
    const sent: unknown[] = [];
    const outbox = new Outbox({
      box: memoryBox(),
      conversation: "c",
      send: (sending) => Promise.resolve(sent.push(sending)).then(() => answer(1)),
      lastSeq: () => 0,
      onChange: () => undefined,
      onSent: () => undefined,
      onTrouble: () => undefined,
      onLost: () => undefined,
    });
    outbox.add({ text, attachments: [PICTURE] });
    await settle();
    expect(sent).toEqual([{ client_id: expect.any(String) as string, ...body }]);
  });
});

test("a file the server no longer has does not end the conversation", () => {
  expect(new ApiError(404, "attachment_not_found", "").lost).toBe(false);
  expect(new ApiError(404, "conversation_not_found", "").lost).toBe(true);
});

describe("what was sent", () => {
  const made: string[] = [];
  afterEach(() => vi.unstubAllGlobals());

  test("is fetched with the token: a picture is shown, a paper is named and saved on a press", async () => {
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => `blob:${made.push("")}`, revokeObjectURL: () => undefined }));
    const fetched: string[] = [];
    const content = (id: string) => Promise.resolve(fetched.push(id)).then(() => new Blob(["x"]));
    const list = mount(AttachmentList, { props: { attachments: [PICTURE, PAPER], content } });
    await settle();
    expect(fetched).toEqual(["p"]);
    expect(list.get("img").attributes("src")).toBe("blob:1");
    expect(list.get("button").text()).toBe("b.pdf3.0 MB");
    await list.get("button").trigger("click");
    await settle();
    expect(fetched).toEqual(["p", "d"]);
  });

  test("and cannot be fetched says so", async () => {
    const list = mount(AttachmentList, { props: { attachments: [PICTURE], content: () => Promise.reject(new Unreachable()) } });
    await settle();
    expect([list.get("[role=alert]").text(), list.get("button").text()]).toEqual(["连不上服务器，请检查网络", "a.png2 KB"]);
  });

  test("has a size as people say it", () => {
    expect([fileSize(1), fileSize(2000), fileSize(SIZE_LIMIT)]).toEqual(["1 KB", "2 KB", "10.0 MB"]);
  });
});

describe("handing in", () => {
  class Request {
    static last: Request;
    upload = { onprogress: null as ((event: ProgressEvent) => void) | null };
    headers: Record<string, string> = {};
    timeout = 0;
    status = 0;
    responseText = "";
    aborted = false;
    body: FormData | null = null;
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;

    constructor() {
      Request.last = this;
    }

    open(): void {
      this.aborted = false;
    }

    setRequestHeader(name: string, value: string): void {
      this.headers[name] = value;
    }

    getResponseHeader(): null {
      return null;
    }

    send(body: FormData): void {
      this.body = body;
    }

    abort(): void {
      this.aborted = true;
      this.onabort?.();
    }
  }
  afterEach(() => vi.unstubAllGlobals());

  function begin(done: number[] = []) {
    vi.stubGlobal("XMLHttpRequest", Request);
    const stopping = new AbortController();
    const result = upload("/a", file(), { token: "secret", onProgress: (part) => done.push(part), signal: stopping.signal });
    return { result, request: Request.last, stopping };
  }

  test("sends the file with the token and tells how far it is", async () => {
    const done: number[] = [];
    const { result, request } = begin(done);
    request.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 } as ProgressEvent);
    Object.assign(request, { status: 201, responseText: JSON.stringify(PICTURE) });
    request.onload?.();
    expect(await result).toEqual(PICTURE);
    expect([done, request.headers["Authorization"], (request.body?.get("file") as File).name]).toEqual([[0.25], "Bearer secret", "a.png"]);
  });

  test("tells a refusal from no answer", async () => {
    const refused = begin();
    Object.assign(refused.request, { status: 422, responseText: JSON.stringify({ code: "attachment_kind", detail: "收不了" }) });
    refused.request.onload?.();
    await expect(refused.result).rejects.toMatchObject({ code: "attachment_kind", message: "收不了" });
    const stopped = begin();
    stopped.stopping.abort();
    await expect(stopped.result).rejects.toBeInstanceOf(Unreachable);
    expect(stopped.request.aborted).toBe(true);
  });
});
