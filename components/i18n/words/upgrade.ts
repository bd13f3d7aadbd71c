import type { Words } from "../translate.ts";

export const upgradeWords = {
  "upgrade.title": { en: "Upgrade", zh: "升级" },
} as const satisfies Words;
