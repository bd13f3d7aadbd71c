import type { Words } from "../translate.ts";

export const gpuWords = {
  "gpu.title": { en: "GPU", zh: "GPU" },
} as const satisfies Words;
