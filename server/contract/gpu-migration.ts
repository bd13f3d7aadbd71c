import type { DraVersion, MigrationBlockerKey, MigrationSeverity } from "../domain/gpu/migration-types.ts";
import { ClusterName, Coverage, FleetFilter, Moment, TeamName } from "./common.ts";
import { FeatureManifest } from "./features.ts";
import { z } from "./zod.ts";

export const GpuMigrationQuery = z.object({ ...FleetFilter });
export type GpuMigrationQuery = z.infer<typeof GpuMigrationQuery>;
export const GpuMigrationParams = z.object({
  id: ClusterName,
  namespace: z.string().min(1).max(253),
  kind: z.string().min(1).max(63),
  name: z.string().min(1).max(253),
});
export type GpuMigrationParams = z.infer<typeof GpuMigrationParams>;

const Version = z.enum(["v1", "v1beta2", "v1beta1"] as const satisfies readonly DraVersion[]);
const Blocker = z.object({
  key: z.enum([
    "version-unknown",
    "no-dra-in-version",
    "api-not-served",
    "gate-off",
    "gate-unknown",
    "slices-unread",
    "no-driver",
    "driver-not-on-nodes",
    "pool-incomplete",
    "no-device-matches",
    "double-offer",
    "time-shared",
    "no-telemetry",
    "exporter-without-claims",
    "exporter-too-old",
    "exporter-reads-beta",
    "exporter-unproven",
    "made-again",
    "managed-elsewhere",
  ] as const satisfies readonly MigrationBlockerKey[]),
  /** `blocking` = pods would not start; `warning` = they start, and something is lost or somebody has to act. */
  severity: z.enum(["blocking", "warning", "unknown"] as const satisfies readonly MigrationSeverity[]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  evidence: z.array(z.string()),
});
export type GpuMigrationBlocker = z.infer<typeof Blocker>;

export const GpuMigrationRow = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    podCount: z.number().int(),
    nodeCount: z.number().int(),
    /** What it asks for today. */
    asks: z.array(z.object({ container: z.string(), resource: z.string(), count: z.number() })),
    /** What it would ask for: one claim for each asking container. */
    requests: z.array(
      z.object({
        claim: z.string(),
        driver: z.string(),
        className: z.string(),
        isClassThere: z.boolean(),
        selectorCel: z.string(),
        models: z.array(z.string()),
        count: z.number(),
        /** Published devices that the selector takes; null = none is published by the driver, or it cannot be told. */
        matchingDevices: z.number().int().nullable(),
      }),
    ),
    /** The version that its objects are written in; null = the cluster serves none. */
    version: Version.nullable(),
    state: z.enum(["ready", "blocked", "unknown"]),
    blockers: z.array(Blocker),
  })
  .meta({ id: "GpuMigrationRow" });
export type GpuMigrationRow = z.infer<typeof GpuMigrationRow>;

/** Workloads that ask for accelerators by extended resource, and what stands between them and claims. */
export const GpuMigration = z
  .object({
    at: Moment,
    coverage: Coverage,
    clusters: z.array(
      z.object({
        cluster: z.string(),
        minor: z.string().nullable(),
        version: Version.nullable(),
        /** Workloads that claim already, and workloads that still ask by resource. */
        claimingCount: z.number().int(),
        askingCount: z.number().int(),
      }),
    ),
    rows: z.array(GpuMigrationRow),
  })
  .meta({ id: "GpuMigration" });
export type GpuMigration = z.infer<typeof GpuMigration>;

/** The objects that move one workload. Empty = its version has nothing to write for. */
export const GpuMigrationPlan = z
  .object({ at: Moment, workload: GpuMigrationRow, documents: FeatureManifest.shape.documents })
  .meta({ id: "GpuMigrationPlan" });
export type GpuMigrationPlan = z.infer<typeof GpuMigrationPlan>;
