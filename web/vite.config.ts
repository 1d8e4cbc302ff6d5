/** Builds the chat page into dist/: `index.html` for `/`, everything else under `/assets/`. */
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import texts from "./widget/texts/zh-CN.json" with { type: "json" };

const api = process.env["UA_DEV_API"] ?? "http://127.0.0.1:8000";

/** Fills `%key%` in the page's HTML from the locale file, where every sentence lives. */
const pageTexts: Plugin = {
  name: "page-texts",
  transformIndexHtml: (html) =>
    html.replace(/%([\w.]+)%/g, (place, key: string) => (texts as Record<string, string>)[key] ?? place),
};

export default defineConfig({
  root: "widget/page",
  plugins: [vue(), pageTexts],
  build: {
    outDir: "../../dist",
    emptyOutDir: true,
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
    root: ".",
    environment: "happy-dom",
    include: ["widget/tests/**/*.test.ts"],
    restoreMocks: true,
  },
});
