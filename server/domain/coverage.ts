import type { UnknownReason } from "./reading.ts";

export type ReadKind = "inventory" | "metrics" | "gates" | "backfill" | "detail";
export type ReadStatus = "running" | "succeeded" | "partial" | "failed" | "abandoned";

export type SourceKind = "api-resource" | "discovery" | "query" | "component" | "kubelet" | "probe" | "price-list";

/**
 * What one source of one read gave. `not-served` = the API answered that it does not have it (404), which is a fact,
 * not a failure. `skipped` = not asked, `reason` says why (not configured, budget …).
 */
export type SourceRecord = {
  /** Stable name: `GET /api/v1/pods`, `query:nodePressure`, `component:kube-apiserver`, `kubelet:metrics`. */
  readonly source: string;
  readonly kind: SourceKind;
  readonly status: "ok" | "partial" | "failed" | "not-served" | "skipped";
  readonly reason: UnknownReason | null;
  /** One sentence about what went wrong; no secrets, no bodies. */
  readonly detail: string | null;
  readonly fix: Fix | null;
  readonly objectCount: number;
  /** How many items this source should have given, where known (nodes to read, for kubelets). */
  readonly expectedCount: number | null;
  readonly skippedCount: number;
  readonly receivedBytes: number;
  readonly queryCount: number;
  readonly durationSeconds: number;
};

/** What the reader of the page can do about it. `code` is translated by the pages; `rbac` is the exact missing rule. */
export type Fix = {
  readonly code:
    | "grant-rbac"
    | "check-token"
    | "check-address"
    | "check-certificate"
    | "configure-prometheus"
    | "configure-kubelet-access"
    | "configure-control-plane"
    | "enable-exporter"
    | "raise-limits"
    | "upgrade-source"
    | "wait"
    | "see-detail";
  readonly rbac?: RbacRule;
  readonly hint?: string;
};
export type RbacRule = {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
};
