import { findGate, gateAt } from "../gates/catalogue.ts";
import { isAtLeast } from "../gates/version.ts";
import { newestSlices } from "./device-counts.ts";
import { timeSharingOf } from "./gpu-resources.ts";
import { DRA_VERSIONS, type DraVersion, type MigrationBlockerKey, type MigrationSeverity } from "./migration-keys.ts";
import type { AskingWorkload, MigrationBlocker, MigrationInput, PlannedRequest } from "./migration-types.ts";

const GATE = "DynamicResourceAllocation";
const EVIDENCE_KEPT = 20;

function blocker(
  key: MigrationBlockerKey,
  severity: MigrationSeverity,
  params: MigrationBlocker["params"] = {},
  evidence: readonly string[] = [],
): MigrationBlocker {
  return { key, severity, params, evidence: evidence.slice(0, EVIDENCE_KEPT) };
}

/** The version to write in: the newest one served, else the one that the minor serves by default. */
export function draVersion({ minor, apis }: Pick<MigrationInput, "minor" | "apis">): {
  readonly version: DraVersion | null;
  readonly isInferred: boolean;
} {
  if (apis !== null) {
    const served = new Set(
      apis
        .filter((api) => api.group === "resource.k8s.io" && api.resource === "resourceclaimtemplates")
        .map((api) => api.version),
    );
    return { version: DRA_VERSIONS.find((version) => served.has(version)) ?? null, isInferred: false };
  }
  return { version: minor !== null && isAtLeast(minor, "1.34") === true ? "v1" : null, isInferred: true };
}

/** What stands in the way of every workload of the cluster. */
export function clusterBlockers(input: MigrationInput): MigrationBlocker[] {
  const { minor, gate } = input;
  if (minor === null) return [blocker("version-unknown", "unknown")];
  if (isAtLeast(minor, "1.32") !== true) return [blocker("no-dra-in-version", "blocking", { minor })];
  const found: MigrationBlocker[] = [];
  const { version, isInferred } = draVersion(input);
  if (version === null && !isInferred)
    found.push(blocker("api-not-served", "blocking", { minor, version: wantedVersion(minor) }));
  if (gate.state === "off" || gate.state === "drift")
    found.push(blocker("gate-off", "blocking", { gate: GATE, components: gate.offIn.join(", ") }, gate.offIn));
  const at = findGate(GATE);
  const known = at === null ? null : gateAt(at, minor);
  const isDefault = known?.status === "known" && known.isOnByDefault;
  if (gate.state === "unknown" && !isDefault) found.push(blocker("gate-unknown", "unknown", { gate: GATE, minor }));
  if (input.slices === null) found.push(blocker("slices-unread", "unknown"));
  return found;
}

/** The version that a minor below 1.34 can serve, if told to. */
export function wantedVersion(minor: string): DraVersion {
  if (isAtLeast(minor, "1.34") === true) return "v1";
  return isAtLeast(minor, "1.33") === true ? "v1beta2" : "v1beta1";
}

/** What stands in the way of one workload. */
export function workloadBlockers(
  workload: AskingWorkload,
  requests: readonly PlannedRequest[],
  input: MigrationInput,
): MigrationBlocker[] {
  return [
    ...driverBlockers(workload, requests, input),
    ...sharingBlockers(workload, requests, input),
    ...exporterBlockers(workload, input),
    ...kindBlockers(workload),
  ];
}

function driverBlockers(
  workload: AskingWorkload,
  requests: readonly PlannedRequest[],
  { slices, nodes }: MigrationInput,
): MigrationBlocker[] {
  if (slices === null) return [];
  const found: MigrationBlocker[] = [];
  const on = new Set(workload.nodeNames);
  for (const driver of new Set(requests.map((request) => request.driver))) {
    const own = newestSlices(slices).filter(
      (slice) => slice.driver === driver && slice.devices.length + slice.sharedCounterCount > 0,
    );
    if (own.length === 0) {
      found.push(blocker("no-driver", "blocking", { driver }));
      continue;
    }
    const publishing = new Set(own.map((slice) => slice.nodeName));
    const isForAll = own.some((slice) => slice.nodeName === null);
    const without = [...on].filter((name) => !publishing.has(name)).sort();
    // Pods can move, so nodes elsewhere would do; but where it runs today nothing is published yet.
    if (without.length > 0 && !isForAll)
      found.push(
        blocker("driver-not-on-nodes", "blocking", { driver, met: on.size - without.length, of: on.size }, without),
      );
    const incomplete = [...Map.groupBy(own, (slice) => slice.poolName)].filter(
      ([, pool]) => pool.length < (pool[0]?.poolSliceCount ?? 0),
    );
    if (incomplete.length > 0)
      found.push(
        blocker(
          "pool-incomplete",
          "warning",
          { driver, count: incomplete.length },
          incomplete.map(([name]) => name),
        ),
      );
    const domain = driver.slice(driver.indexOf(".") + 1);
    const double = nodes
      .filter(
        (node) =>
          publishing.has(node.name) &&
          Object.entries(node.allocatable.extended).some(([name, count]) => count > 0 && name.startsWith(`${domain}/`)),
      )
      .map((node) => node.name);
    if (double.length > 0) found.push(blocker("double-offer", "warning", { driver, count: double.length }, double));
    // Where the driver is on none of its nodes, that says it all.
    const isElsewhere = without.length > 0 && without.length === on.size && !isForAll;
    for (const request of isElsewhere ? [] : requests)
      if (request.driver === driver && request.matchingDevices === 0)
        found.push(
          blocker("no-device-matches", "blocking", { driver, selector: request.selectorCel }, [request.selectorCel]),
        );
  }
  return found;
}

/** A claim of a template is one pod's own: where a plugin handed a device to several pods, each would now take a whole one. */
function sharingBlockers(
  workload: AskingWorkload,
  requests: readonly PlannedRequest[],
  { nodes }: MigrationInput,
): MigrationBlocker[] {
  const on = new Set(workload.nodeNames);
  const shared = nodes.filter((node) => on.has(node.name) && timeSharingOf(node) !== null);
  const byName = requests.some((request) => request.ask.resource.isShared);
  if (shared.length === 0 && !byName) return [];
  const replicas = Math.max(1, ...shared.map((node) => Number(node.labels["nvidia.com/gpu.replicas"]) || 1));
  const devices = requests.reduce((sum, request) => sum + request.ask.count, 0) * Math.max(1, workload.podCount);
  return [
    blocker(
      "time-shared",
      "warning",
      { pods: workload.podCount, replicas, before: Math.ceil(devices / replicas), after: devices },
      shared.map(
        (node) => `${node.name}: ${timeSharingOf(node)}, ${node.labels["nvidia.com/gpu.replicas"] ?? "?"} replicas`,
      ),
    ),
  ];
}

/**
 * Whether hours can still be charged after the move: the exporter must name who holds a claimed device.
 *
 * Basis: what it does today on devices that are claimed already; where none is, the version of its image (DRA labels since
 * 4.3.1-4.4.0, `resource.k8s.io/v1` since 4.6.0-4.8.3). Its environment is not read, so an unproven exporter stays unproven.
 */
function exporterBlockers(workload: AskingWorkload, input: MigrationInput): MigrationBlocker[] {
  const on = new Set(workload.nodeNames);
  const here = input.devices.filter((device) => device.nodeName !== null && on.has(device.nodeName));
  if (here.length > 0 && here.every((device) => !device.hasTelemetry))
    return [blocker("no-telemetry", "warning", { count: here.length })];
  const claimed = input.devices.filter(
    (device) => device.access === "dra" && device.hasTelemetry && device.holders.some((holder) => holder.pod !== ""),
  );
  const named = claimed.filter((device) => device.holders.some((holder) => holder.attribution === "telemetry"));
  if (claimed.length > 0 && named.length === 0)
    return [
      blocker(
        "exporter-without-claims",
        "warning",
        { count: claimed.length },
        claimed.map(
          (device) =>
            `${device.nodeName}: ${device.holders.map((holder) => `${holder.namespace}/${holder.pod}`).join(", ")}`,
        ),
      ),
    ];
  const images = exporterImages(input, on);
  const old = images.filter((image) => compareImage(image, [4, 4, 0]) === -1);
  if (old.length > 0) return [blocker("exporter-too-old", "warning", { image: old[0] ?? "" }, old)];
  const isV1Only =
    draVersion(input).version === "v1" &&
    !(input.apis ?? []).some((api) => api.version === "v1beta1" && api.group === "resource.k8s.io");
  const beta = images.filter((image) => compareImage(image, [4, 8, 3]) === -1);
  if (beta.length > 0 && isV1Only) return [blocker("exporter-reads-beta", "warning", { image: beta[0] ?? "" }, beta)];
  return named.length > 0 ? [] : [blocker("exporter-unproven", "unknown", {}, images)];
}

function exporterImages({ pods }: MigrationInput, on: ReadonlySet<string>): string[] {
  const images = new Set<string>();
  for (const { nodeName, template } of pods) {
    if (on.size > 0 && (nodeName === null || !on.has(nodeName))) continue;
    for (const { image } of template.containers) if (/dcgm-exporter/.test(image)) images.add(image);
  }
  return [...images].sort();
}

/** "…/dcgm-exporter:4.5.3-4.8.2-ubuntu22.04": the exporter's own version is the second one. Null = the tag says nothing. */
function compareImage(image: string, wanted: readonly [number, number, number]): -1 | 0 | 1 | null {
  const match = /:\d+\.\d+\.\d+-(\d+)\.(\d+)\.(\d+)/.exec(image);
  if (match === null) return null;
  for (const [index, want] of wanted.entries()) {
    const have = Number(match[index + 1]);
    if (have !== want) return have < want ? -1 : 1;
  }
  return 0;
}

const PATCHABLE = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob"]);

function kindBlockers({ ref }: AskingWorkload): MigrationBlocker[] {
  if (PATCHABLE.has(ref.kind)) return [];
  if (ref.kind === "Pod" || ref.kind === "Job") return [blocker("made-again", "warning", { kind: ref.kind })];
  return [blocker("managed-elsewhere", "warning", { kind: ref.kind })];
}
