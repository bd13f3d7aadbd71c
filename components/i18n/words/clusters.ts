import type { Words } from "../translate.ts";

export const clustersWords = {
  "clusters.title": { en: "Clusters", zh: "集群" },
} as const satisfies Words;
