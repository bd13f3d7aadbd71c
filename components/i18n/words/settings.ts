import type { Words } from "../translate.ts";

export const settingsWords = {
  "settings.title": { en: "Settings", zh: "设置" },
} as const satisfies Words;
