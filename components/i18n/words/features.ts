import type { Words } from "../translate.ts";

export const featuresWords = {
  "features.title": { en: "Features", zh: "特性" },
} as const satisfies Words;
