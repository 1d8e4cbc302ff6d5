/**
 * Builds the pages into dist/, one per run (`vite build --mode chat`), everything but the HTML under `/assets/`,
 * and `/widget.js`, the script that other sites include, as one file whose name never changes.
 *
 * One run each, because pages of one run share their common code, and the chat would then carry whatever the
 * console needs of Vue. The first run, of the chat, empties dist/.
 */
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import consoleTexts from "./console/texts/zh-CN.json" with { type: "json" };
import reportTexts from "./report/texts/zh-CN.json" with { type: "json" };
import chatTexts from "./widget/texts/zh-CN.json" with { type: "json" };

const api = process.env["UA_DEV_API"] ?? "http://127.0.0.1:8000";

/** Each page: its HTML and the sentences this HTML may name as `%key%`. */
const pages: Record<string, { html: string; texts: Record<string, string> }> = {
  chat: { html: "index.html", texts: chatTexts },
  report: { html: "report/index.html", texts: reportTexts },
  console: { html: "console/index.html", texts: consoleTexts },
};

/** One self-contained script: whoever includes it knows only its address. */
const embed = { input: "embed/main.ts", output: { format: "iife", entryFileNames: "widget.js" } } as const;

/** Fills `%key%` in a page's HTML from its locale file, where every sentence lives. */
const pageTexts: Plugin = {
  name: "page-texts",
  transformIndexHtml: (markup, { path }) => {
    const texts = Object.values(pages).find(({ html }) => path === `/${html}`)?.texts ?? {};
    return markup.replace(/%([\w.]+)%/g, (place, key: string) => texts[key] ?? place);
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [vue(), pageTexts],
  build: {
    rolldownOptions: mode === "embed" ? embed : { input: pages[mode]?.html ?? "index.html" },
    emptyOutDir: mode === "chat",
    // Browsers inside office portals and WeCom lag behind: Chromium 94, Safari 15.4.
    target: ["chrome94", "safari15.4", "firefox100"],
    assetsInlineLimit: 0, // a strict Content-Security-Policy forbids data: addresses
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    port: 8130,
    strictPort: true,
    proxy: { "/api": { target: api, ws: true } },
  },
  test: {
    environment: "happy-dom",
    include: ["{widget,embed,report,console}/tests/**/*.test.ts"],
    restoreMocks: true,
    server: { deps: { inline: ["element-plus"] } }, // its style modules import .css, which only Vite understands
  },
}));
