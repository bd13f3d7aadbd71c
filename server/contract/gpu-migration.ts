import {
  DRA_VERSIONS,
  MIGRATION_BLOCKERS,
  MIGRATION_SEVERITIES,
  MIGRATION_STATES,
} from "../domain/gpu/migration-keys.ts";
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

// The words are the domain's: one list for what plans say and what an answer may hold.
const Version = z.enum(DRA_VERSIONS);
const Blocker = z.object({
  key: z.enum(MIGRATION_BLOCKERS),
  severity: z.enum(MIGRATION_SEVERITIES),
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
    state: z.enum(MIGRATION_STATES),
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
