/** CommonMark as the bot writes it, to HTML that is safe to show: no raw HTML, no images, few kinds of link. */
import MarkdownIt from "markdown-it";
import type { Token } from "markdown-it";

/** Elsewhere, a number to call, or a page of ours; `//host` would be elsewhere in disguise. */
const ALLOWED = /^(?:https?:\/\/|tel:|mailto:|\/(?!\/))/i;
/** Opened beside the conversation, which stays where it is, also inside a portal's frame. */
const PAGE = /^(?:https?:|\/)/i;
/** An answer as long as this, in characters or list items, is shown folded. */
const SHORT_TEXT = 120;
const SHORT_LIST = 3;

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true });
markdown.validateLink = (url) => ALLOWED.test(url.trim());
markdown.renderer.rules["image"] = (tokens, index) => markdown.utils.escapeHtml(tokens[index]?.content ?? "");
markdown.renderer.rules["link_open"] = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  if (token && PAGE.test(String(token.attrGet("href")))) {
    token.attrSet("target", "_blank");
    token.attrSet("rel", "noopener noreferrer");
  }
  return renderer.renderToken(tokens, index, options);
};

/** Safe HTML of a CommonMark text. */
export function html(text: string): string {
  return markdown.render(text);
}

export interface Folded {
  lead: string;
  /** The details that open on demand; null when the whole is short. */
  rest: string | null;
}

/**
 * Safe HTML of an answer: its first paragraph, and apart from it the rest when there is much of it. A quotation that
 * the first paragraph announces belongs to it: who asks for an article wants to read it.
 */
export function fold(text: string): Folded {
  const tokens = markdown.parse(text, {});
  const first = tokens.findIndex((token) => token.type === "paragraph_close" && token.level === 0) + 1;
  const end = first > 0 && tokens[first]?.type === "blockquote_open" ? endOfQuotation(tokens, first) : first;
  const render = (part: Token[]) => markdown.renderer.render(part, markdown.options, {});
  const rest = tokens.slice(end);
  if (end === 0 || !long(rest)) return { lead: render(tokens), rest: null };
  return { lead: render(tokens.slice(0, end)), rest: render(rest) };
}

function endOfQuotation(tokens: Token[], from: number): number {
  return tokens.findIndex((token, at) => at > from && token.type === "blockquote_close" && token.level === 0) + 1;
}

function long(tokens: Token[]): boolean {
  const length = tokens.reduce((sum, token) => sum + (token.type === "inline" ? token.content.length : 0), 0);
  const items = tokens.filter((token) => token.type === "list_item_open").length;
  return length > SHORT_TEXT || items > SHORT_LIST;
}
