import type { Words } from "../translate.ts";

export const overviewWords = {
  "overview.title": { en: "Overview", zh: "总览" },
} as const satisfies Words;
