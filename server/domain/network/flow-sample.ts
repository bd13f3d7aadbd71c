/** What a source can say: both ends with zones, both ends, or only who sent. */
export type FlowCapability = "pair-with-zones" | "pair" | "source-only";

/**
 * Every flow source, in order of preference, with what it can say when it is set up for it. What it said is judged by its rows:
 * zone labels of eBPF agents and NetObserv are opt-in, and without them they tell pairs only.
 */
export const FLOW_ADAPTERS = {
  obi: "pair-with-zones",
  beyla: "pair-with-zones",
  netobserv: "pair-with-zones",
  coroot: "pair-with-zones",
  "network-costs": "source-only",
  "vpc-flow-log": "pair-with-zones",
} as const satisfies Record<string, FlowCapability>;
export type FlowAdapter = keyof typeof FLOW_ADAPTERS;
export const FLOW_ADAPTER_NAMES: readonly FlowAdapter[] = [
  "obi",
  "beyla",
  "netobserv",
  "coroot",
  "network-costs",
  "vpc-flow-log",
];

/** What a source can say; `null` for a name that is no adapter's. */
export function declaredCapability(adapter: string): FlowCapability | null {
  const name = FLOW_ADAPTER_NAMES.find((known) => known === adapter);
  return name === undefined ? null : FLOW_ADAPTERS[name];
}
/** `unknown`: at least one zone is not known; such bytes are shown and never priced. */
export type FlowScope = "same-zone" | "cross-zone" | "cross-region" | "internet" | "unknown";
/**
 * How double reports were removed: only the sender's node counts, one report was all there was, both ends reported
 * without saying who (halved), or the source counts once by design.
 */
export type FlowBasis = "sender-node" | "single-report" | "halved" | "counted-once";

export type FlowEnd = {
  readonly namespace: string;
  readonly kind: string;
  /** Empty when the peer is not a known object. */
  readonly name: string;
  readonly zone: string | null;
};
export type FlowSample = {
  readonly adapter: FlowAdapter;
  readonly source: FlowEnd;
  readonly target: FlowEnd;
  readonly scope: FlowScope;
  readonly basis: FlowBasis;
  readonly bytesPerSecond: number;
};

/** What one read of flows gave. Only one adapter per cluster and read: the same bytes show up in several. */
export type FlowReading = {
  readonly adapter: FlowAdapter;
  readonly capability: FlowCapability;
  readonly samples: readonly FlowSample[];
  /** Rows left out because they repeat a conversation under the Service's own address. */
  readonly serviceCopyCount: number;
  /** Packets are sampled 1 : n; figures are already multiplied. `null` = the source does not say, taken as 1. */
  readonly samplingRate: number | null;
};

/** A row as one agent reported it. */
export type FlowReport = {
  readonly source: FlowEnd;
  readonly target: FlowEnd;
  readonly sourceNode: string | null;
  readonly reporterNode: string | null;
  readonly bytesPerSecond: number;
};

/** Zones decide; a flow to something outside the cluster has no zone and stays unknown. */
export function scopeOfZones(source: string | null, target: string | null): FlowScope {
  if (source === null || target === null) return "unknown";
  return source === target ? "same-zone" : "cross-zone";
}

/**
 * Reports of agents on every node → flows counted once.
 *
 * Shape: one sample per source, target and pair of zones, largest first.
 * Basis: of the reports of one flow, those of the sender's node count; when its agent gave none, the fullest other
 * report counts; when no row says who reported or where the sender sits, a flow across zones was seen by both ends and is
 * halved, and any other flow is kept as it is (one node saw both ends, or the peer has no agent).
 * A row to a Service address without a zone repeats the row to the pod behind it and is dropped.
 * Unit: bytes per second. Errors: none.
 * Source: facts on OBI and Beyla, section 5.1 and 5.7.
 */
export function countFlowsOnce(
  adapter: FlowAdapter,
  reports: readonly FlowReport[],
): { readonly samples: readonly FlowSample[]; readonly serviceCopyCount: number } {
  const groups = new Map<string, FlowReport[]>();
  let serviceCopyCount = 0;
  for (const report of reports) {
    if (isServiceCopy(report)) {
      serviceCopyCount += 1;
      continue;
    }
    const key = [...endKey(report.source), ...endKey(report.target), report.sourceNode ?? ""].join("\u0000");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [report]);
    else group.push(report);
  }
  const counted = [...groups.values()].flatMap((group) => countGroup(adapter, group));
  return { samples: mergeFlows(counted), serviceCopyCount };
}

function countGroup(adapter: FlowAdapter, group: readonly FlowReport[]): FlowSample[] {
  const [first] = group;
  if (first === undefined) return [];
  const scope = scopeOfZones(first.source.zone, first.target.zone);
  const make = (basis: FlowBasis, bytesPerSecond: number): FlowSample => ({
    adapter,
    source: first.source,
    target: first.target,
    scope,
    basis,
    bytesPerSecond,
  });
  const perReporter = new Map<string, number>();
  let anonymousBytes = 0;
  for (const { reporterNode, bytesPerSecond } of group) {
    if (reporterNode === null) anonymousBytes += bytesPerSecond;
    else perReporter.set(reporterNode, (perReporter.get(reporterNode) ?? 0) + bytesPerSecond);
  }
  const fromSender = first.sourceNode === null ? undefined : perReporter.get(first.sourceNode);
  if (fromSender !== undefined) return [make("sender-node", fromSender)];
  if (first.sourceNode !== null && perReporter.size > 0)
    return [make("single-report", Math.max(...perReporter.values()))];
  const total = anonymousBytes + [...perReporter.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [scope === "cross-zone" ? make("halved", total / 2) : make("single-report", total)];
}

/** Flows of the same ends and basis added up, largest first. */
export function mergeFlows(flows: readonly FlowSample[]): FlowSample[] {
  const merged = new Map<string, FlowSample>();
  for (const flow of flows) {
    const key = [...endKey(flow.source), ...endKey(flow.target), flow.scope, flow.basis].join("\u0000");
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? flow : { ...flow, bytesPerSecond: before.bytesPerSecond + flow.bytesPerSecond },
    );
  }
  return [...merged.values()].sort((a, b) => b.bytesPerSecond - a.bytesPerSecond);
}

function isServiceCopy({ source, target }: FlowReport): boolean {
  return (target.kind === "Service" && target.zone === null) || (source.kind === "Service" && source.zone === null);
}

function endKey(end: FlowEnd): string[] {
  return [end.namespace, end.kind, end.name, end.zone ?? ""];
}
