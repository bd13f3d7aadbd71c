import type { Words } from "../translate.ts";

export const pressureWords = {
  "pressure.title": { en: "Pressure", zh: "压力" },
} as const satisfies Words;
