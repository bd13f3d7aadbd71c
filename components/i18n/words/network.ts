import type { Words } from "../translate.ts";

export const networkWords = {
  "network.title": { en: "Network", zh: "网络" },
} as const satisfies Words;
