import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
export default {
  // Several development servers in one tree need an output directory each.
  distDir: process.env.SLUICE_DIST_DIR ?? ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are checked by `npm test` for the whole tree at once; checking them again would double each first start.
  typescript: { ignoreBuildErrors: true },
  // The tree may lie inside another one with a lock file; this one is the project.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  outputFileTracingRoot: fileURLToPath(new URL(".", import.meta.url)),
  // Loaded by Node as they are: native parts, WebAssembly, or files found relative to themselves.
  serverExternalPackages: [
    "pg",
    "pg-boss",
    "pino",
    "@prisma/client",
    "@prisma/adapter-pg",
    "@prisma/schema-engine-wasm",
    "exceljs",
  ],
  devIndicators: false,
};
