import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API: the mock server, or a daemon that serves the web. */
const api = process.env.CODEPIPER_API ?? "http://127.0.0.1:3999";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": `${import.meta.dirname}/src` } },
  build: {
    target: "es2022",
    // The policy of the page allows no inlined data except images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What counts is what a visit takes, which `e2e/weight.e2e.ts` holds to.
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/api": { target: api, ws: true }, "/ws": { target: api, ws: true } },
  },
  test: { include: ["{src,mocks}/**/*.test.ts"] },
});
