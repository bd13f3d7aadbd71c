import type { Words } from "../translate.ts";

export const gatesWords = {
  "gates.title": { en: "Gates", zh: "特性门控" },
} as const satisfies Words;
