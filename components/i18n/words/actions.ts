import type { Words } from "../translate.ts";

export const actionsWords = {
  "actions.title": { en: "Actions", zh: "行动" },
} as const satisfies Words;
