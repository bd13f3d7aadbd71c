import { z } from "./zod.ts";

/** Where a feature stands in one cluster; never a bare yes or no. */
export const Verdict = z
  .enum([
    "not-applicable",
    "not-available",
    "off",
    "drift",
    "blocked",
    "ready-unused",
    "in-use",
    "effective",
    "always-on",
    "unknown",
    "not-exposed",
  ])
  .meta({ id: "Verdict" });
export type Verdict = z.infer<typeof Verdict>;
