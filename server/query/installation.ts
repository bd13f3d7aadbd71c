import { z } from "zod";
import packageFile from "../../package.json" with { type: "json" };
import { getStore } from "../store/client.ts";
import { readInstallation } from "../store/sql/read-clusters.ts";

/**
 * What holds for the whole installation and is no secret. The collector, which prices and owns by it, stores it with its
 * clusters; so the currency of a stored figure stays known while no collector runs.
 */
const Installation = z.object({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default("USD"),
  timeZone: z.string().default("UTC"),
  teamsFrom: z.array(z.string()).default([]),
  retention: z
    .object({ rawSeconds: z.number(), hourlySeconds: z.number(), dailySeconds: z.number() })
    .nullable()
    .default(null),
  publicUrl: z.string().nullable().default(null),
  /** Names and kinds of sluice.yaml; the addresses are known to collectors alone. */
  webhooks: z.array(z.object({ name: z.string(), kind: z.enum(["slack", "json"]) })).default([]),
});
export type Installation = z.infer<typeof Installation>;

export const VERSION: string = packageFile.version;

/** Defaults of sluice.yaml until a collector has started once. */
export async function loadInstallation(): Promise<Installation> {
  const stored = await readInstallation(getStore().pool);
  const parsed = Installation.safeParse(stored ?? {});
  return parsed.success ? parsed.data : Installation.parse({});
}

/** The settings of a cluster as pages see them: its own, without what holds for all. */
export function ownSettings(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { installation: _installation, ...own } = settings;
  return own;
}
