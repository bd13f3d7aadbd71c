import {
  ClusterName,
  Coverage,
  Figure,
  Fix,
  Freshness,
  Moment,
  Paging,
  paged,
  ReadKind,
  TeamName,
  UnknownReason,
} from "./common.ts";
import { z } from "./zod.ts";

export const SourceStatus = z.enum(["ok", "partial", "failed", "not-served", "skipped"]).meta({ id: "SourceStatus" });

const sourceFields = {
  /** `GET /api/v1/pods`, `query:nodePressure`, `component:kube-apiserver`, `kubelet:metrics`. */
  source: z.string(),
  kind: z.enum(["api-resource", "discovery", "query", "component", "kubelet", "probe", "price-list"]),
  status: SourceStatus,
  reason: UnknownReason.nullable(),
  detail: z.string().nullable(),
  fix: Fix.nullable(),
  objectCount: z.number().int(),
  expectedCount: z.number().int().nullable(),
  skippedCount: z.number().int(),
  receivedBytes: z.number(),
  queryCount: z.number().int(),
  durationSeconds: z.number(),
};
/** What one source of one read gave. */
export const SourceResult = z.object(sourceFields).meta({ id: "SourceResult" });
export type SourceResult = z.infer<typeof SourceResult>;

/** The same as of now, with when it last answered. */
export const SourceState = z
  .object({ ...sourceFields, readKind: ReadKind, attemptedAt: Moment, lastOkAt: Moment.nullable() })
  .meta({ id: "SourceState" });
export type SourceState = z.infer<typeof SourceState>;

export const ReadStatus = z.enum(["running", "succeeded", "partial", "failed", "abandoned"]).meta({ id: "ReadStatus" });

/** The newest attempt and the newest good reading of one kind. */
export const ReadState = z
  .object({
    kind: ReadKind,
    lastReadId: z.string().nullable(),
    lastStatus: ReadStatus.nullable(),
    lastStartedAt: Moment.nullable(),
    lastFinishedAt: Moment.nullable(),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    failureCount: z.number().int(),
    freshness: Freshness,
  })
  .meta({ id: "ReadState" });
export type ReadState = z.infer<typeof ReadState>;

export const SourceCounts = z
  .object({
    ok: z.number().int(),
    partial: z.number().int(),
    failed: z.number().int(),
    notServed: z.number().int(),
    skipped: z.number().int(),
  })
  .meta({ id: "SourceCounts" });

const summaryFields = {
  name: z.string(),
  provider: z.string().nullable(),
  isDemo: z.boolean(),
  /** UID of the kube-system namespace: the cluster's identity. */
  uid: z.string().nullable(),
  gitVersion: z.string().nullable(),
  minor: z.string().nullable(),
  nodeCount: Figure,
  readyNodeCount: Figure,
  podCount: Figure,
  costPerHour: Figure,
  reads: z.array(ReadState),
  sources: SourceCounts,
};
export const ClusterSummary = z.object(summaryFields).meta({ id: "ClusterSummary" });
export type ClusterSummary = z.infer<typeof ClusterSummary>;

export const ClusterListQuery = z.object({ ...Paging });
export type ClusterListQuery = z.infer<typeof ClusterListQuery>;
export const ClusterList = paged(ClusterSummary)
  .extend({ currency: z.string(), coverage: Coverage })
  .meta({ id: "ClusterList" });
export type ClusterList = z.infer<typeof ClusterList>;

/** Nodes of one pool in one zone; `null` = the node carries no such label. */
export const NodePoolZone = z
  .object({
    pool: z.string().nullable(),
    zone: z.string().nullable(),
    nodeCount: z.number().int(),
    readyCount: z.number().int(),
    /** Ready condition not reported, or Unknown. */
    readinessUnknownCount: z.number().int(),
    cordonedCount: z.number().int(),
    cpuCoresAllocatable: Figure,
    memoryBytesAllocatable: Figure,
    instanceTypes: z.array(z.string()),
    capacityTypes: z.array(z.string()),
    kubeletVersions: z.array(z.string()),
    costPerHour: Figure,
  })
  .meta({ id: "NodePoolZone" });
export type NodePoolZone = z.infer<typeof NodePoolZone>;

/** Pods of one team by phase. */
export const TeamPods = z
  .object({
    team: TeamName,
    podCount: z.number().int(),
    byPhase: z.object({
      Pending: z.number().int(),
      Running: z.number().int(),
      Succeeded: z.number().int(),
      Failed: z.number().int(),
      Unknown: z.number().int(),
    }),
    restartCount: z.number().int(),
    /** Sum over pods not finished; pods without a request count as 0 here, as the scheduler does. */
    cpuCoresRequested: z.number(),
    memoryBytesRequested: z.number(),
    namespaceCount: z.number().int(),
  })
  .meta({ id: "TeamPods" });
export type TeamPods = z.infer<typeof TeamPods>;

/** Versions in the cluster and on how many nodes. */
export const VersionCount = z.object({ version: z.string(), nodeCount: z.number().int() }).meta({ id: "VersionCount" });

/** History read once from Prometheus on first contact. */
export const BackfillState = z
  .object({
    state: z.enum(["not-planned", "running", "done", "incomplete"]),
    chunkCount: z.number().int(),
    doneCount: z.number().int(),
    failedCount: z.number().int(),
    rowCount: z.number(),
    lastFinishedAt: Moment.nullable(),
    /** Set when Prometheus could not be read for the present: the last moment for which it answered. */
    endsAt: Moment.nullable(),
    failures: z.array(z.object({ id: z.string(), reason: z.string().nullable(), detail: z.string().nullable() })),
  })
  .meta({ id: "BackfillState" });
export type BackfillState = z.infer<typeof BackfillState>;

export const ClusterParams = z.object({ id: ClusterName });
export const ClusterDetail = z
  .object({
    ...summaryFields,
    currency: z.string(),
    createdAt: Moment,
    nodes: z.array(NodePoolZone),
    kubeletVersions: z.array(VersionCount),
    pods: z.array(TeamPods),
    sourceStates: z.array(SourceState),
    backfill: BackfillState,
    coverage: Coverage,
    /** The configuration without its credentials. */
    settings: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "ClusterDetail" });
export type ClusterDetail = z.infer<typeof ClusterDetail>;
