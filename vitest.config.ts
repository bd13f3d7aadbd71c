import { defineConfig } from "vitest/config";

// Two cores are the smallest machine that runs this; more workers than that only make each test slower.
const MAX_WORKERS = 2;
const NOT_SOURCE = ["**/node_modules/**", "**/.next/**", "**/.data/**", "**/.cache/**"];

// `server-only` throws outside Next, and query/, command/ and http/ carry it at their doors.
const serverOnly = {
  find: /^server-only$/,
  replacement: new URL("./server/testing/server-only.ts", import.meta.url).pathname,
};

export default defineConfig({
  resolve: { alias: [serverOnly] },
  test: {
    maxWorkers: MAX_WORKERS,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{server,app,scripts,bench,deploy,prisma}/**/*.test.ts", "components/**/*.test.ts"],
          exclude: [...NOT_SOURCE, "**/*.{db,contract}.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "components",
          environment: "jsdom",
          include: ["{components,app}/**/*.test.tsx"],
          exclude: NOT_SOURCE,
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["**/*.db.test.ts"],
          exclude: NOT_SOURCE,
          globalSetup: ["./server/testing/database-setup.ts"],
          hookTimeout: 60_000,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["**/*.contract.test.ts"],
          exclude: NOT_SOURCE,
          hookTimeout: 180_000,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.ts"],
          globalSetup: ["./e2e/fixtures/demo-setup.ts"],
          exclude: NOT_SOURCE,
          fileParallelism: false,
          hookTimeout: 300_000,
          testTimeout: 90_000,
        },
      },
    ],
  },
});
