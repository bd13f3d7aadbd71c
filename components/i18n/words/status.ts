import type { Words } from "../translate.ts";

export const statusWords = {
  "status.title": { en: "Status", zh: "状态" },
} as const satisfies Words;
