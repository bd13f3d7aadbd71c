import type { Words } from "../translate.ts";

export const costWords = {
  "cost.title": { en: "Cost", zh: "成本" },
} as const satisfies Words;
