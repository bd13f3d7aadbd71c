import { Moment } from "./common.ts";
import { z } from "./zod.ts";

export const Settings = z
  .object({
    version: z.string(),
    isDemo: z.boolean(),
    currency: z.string(),
    timeZone: z.string(),
    /** `teams.from`: where an owner is looked for, first hit wins. */
    teamsFrom: z.array(z.string()),
    retention: z.object({ rawSeconds: z.number(), hourlySeconds: z.number(), dailySeconds: z.number() }).nullable(),
    viewer: z.object({
      name: z.string(),
      roles: z.array(z.string()),
      clusters: z.union([z.literal("all"), z.array(z.string())]),
      teams: z.union([z.literal("all"), z.array(z.string())]),
    }),
    /** Redacted configuration per cluster; no credential is ever in it. */
    clusters: z.array(
      z.object({
        name: z.string(),
        provider: z.string().nullable(),
        isDemo: z.boolean(),
        createdAt: Moment,
        removedAt: Moment.nullable(),
        settings: z.record(z.string(), z.unknown()),
      }),
    ),
    priceBook: z.object({
      rowCount: z.number().int(),
      editedCount: z.number().int(),
      newestSourceDate: z.string().nullable(),
      oldestSourceDate: z.string().nullable(),
    }),
  })
  .meta({ id: "Settings" });
export type Settings = z.infer<typeof Settings>;
