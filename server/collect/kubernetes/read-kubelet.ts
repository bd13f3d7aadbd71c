import type { ComponentReading, ControlPlaneSample, KubeletFacts, NodeFacts } from "../../domain/snapshot.ts";
import { unreadBecause } from "./control-plane-components.ts";
import { readFlagz } from "./flagz.ts";
import { GATE_METRICS, type GateMaps, GatesPage, parseComponentVersion } from "./gates-page.ts";
import type { KubeletDoor, KubeletPath } from "./kubelet-access.ts";
import { parseMetricsPage } from "./metrics-page.ts";
import {
  booleanOrNull,
  isObject,
  type JsonObject,
  numberOrNull,
  objectAt,
  objectOrNull,
  textOrNull,
} from "./parse-json.ts";
import { malformed, type SourceError } from "./source-error.ts";
import { asSourceError } from "./source-records.ts";

const TIMEOUT_SECONDS = 5;
const PAGE_LIMIT_BYTES = 64 * 1024 * 1024;
const FLAGZ_SINCE_MINOR = 35;
const CONFIG_HASH_SINCE_MINOR = 36; // from here on its absence means that no credential provider is configured

const FACT_METRICS = [
  "kubelet_cgroup_version",
  "kubelet_cri_losing_support",
  "kubelet_credential_provider_config_info",
  "kubelet_credential_provider_plugin_duration_count",
] as const;
/** Kept with the node's name, and only when above 0: on most nodes there is nothing to say. */
const KEPT_METRICS: ReadonlySet<string> = new Set([
  "kubelet_credential_provider_plugin_errors",
  "kubelet_credential_provider_plugin_errors_total",
  "kubelet_pod_pending_resizes",
  "kubelet_pod_infeasible_resizes_total",
  "kubelet_container_requested_resizes_total",
  "dra_resource_claims_in_use",
  "dra_operations_duration_seconds_count",
  "kubelet_evictions",
]);
const WANTED: ReadonlySet<string> = new Set([...GATE_METRICS, ...FACT_METRICS, ...KEPT_METRICS]);
const PRESSURE_METRICS: ReadonlySet<string> = new Set(
  ["cpu", "memory", "io"].flatMap((resource) =>
    ["waiting", "stalled"].map((kind) => `container_pressure_${resource}_${kind}_seconds_total`),
  ),
);

export type KubeletStep = "metrics" | "configz" | "cadvisor" | "flagz";
export type StepResult = { readonly receivedBytes: number; readonly error: SourceError | null };
export type KubeletRead = {
  readonly reading: ComponentReading;
  readonly facts: KubeletFacts | null;
  readonly samples: readonly ControlPlaneSample[];
  readonly steps: ReadonlyMap<KubeletStep, StepResult>;
};

/**
 * Everything one kubelet says of itself. A step that fails costs its own fields; when the kubelet does not answer at all, the
 * other steps are not tried. `skip` names steps that were refused elsewhere with the same rights.
 */
export async function readKubelet(
  node: NodeFacts,
  door: KubeletDoor,
  gateMaps: GateMaps,
  skip: ReadonlyMap<KubeletStep, SourceError>,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<KubeletRead> {
  const steps = new Map<KubeletStep, StepResult>();
  let isSilent = false;
  const step = async <T>(
    name: KubeletStep,
    read: () => Promise<{ value: T; receivedBytes: number }>,
  ): Promise<T | null> => {
    if (isSilent) return null;
    const refused = skip.get(name);
    if (refused !== undefined) {
      steps.set(name, { receivedBytes: 0, error: refused });
      return null;
    }
    try {
      const { value, receivedBytes } = await read();
      steps.set(name, { receivedBytes, error: null });
      return value;
    } catch (thrown) {
      const error = asSourceError(thrown);
      steps.set(name, { receivedBytes: 0, error });
      isSilent = error.reason === "unreachable" || error.reason === "timed-out";
      return null;
    }
  };
  const options = (path: KubeletPath) => ({
    rbac: door.rbacOf(path),
    retries: 0, // the next rotation is the retry
    timeoutSeconds: TIMEOUT_SECONDS,
    maxBytes: PAGE_LIMIT_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  const minor = Number(/^v?1\.(\d+)/.exec(node.kubeletVersion)?.[1] ?? Number.NaN);

  const page = await step("metrics", async () => {
    const stream = await door.http.readStream(door.pathOf("/metrics"), options("/metrics"));
    return { value: await readMetrics(node.name, stream.chunks), receivedBytes: stream.receivedBytes() };
  });
  const config = await step("configz", async () => {
    const answer = await door.http.readJson(door.pathOf("/configz"), options("/configz"));
    return { value: parseConfigz(answer.body), receivedBytes: answer.receivedBytes };
  });
  const pressure = await step("cadvisor", async () => {
    const stream = await door.http.readStream(door.pathOf("/metrics/cadvisor"), options("/metrics/cadvisor"));
    return { value: await readPressureState(stream.chunks), receivedBytes: stream.receivedBytes() };
  });
  const flags =
    minor >= FLAGZ_SINCE_MINOR
      ? await step("flagz", async () => {
          const flagz = await readFlagz(door.http, door.pathOf("/flagz"), options("/flagz"));
          return { value: flagz?.flags ?? null, receivedBytes: flagz?.receivedBytes ?? 0 };
        })
      : null;

  const gates = gateMaps.share(page?.gates.gates() ?? null);
  const failure = steps.get("metrics")?.error ?? null;
  const explicit = config === null ? null : parseConfiguredGates(config);
  return {
    reading: {
      component: "kubelet",
      instance: node.name,
      version: page?.gates.version() ?? parseComponentVersion(node.kubeletVersion),
      gates,
      explicit,
      explicitSource: explicit === null ? null : "configz",
      source: gates === null ? null : "component-metrics",
      unread:
        gates !== null
          ? null
          : failure === null
            ? { reason: "malformed", detail: "the page names no feature gate" }
            : unreadBecause(failure),
      readAt: now(),
    },
    facts:
      page === null && config === null && pressure === null
        ? null
        : toFacts(node.name, page, config, pressure, credentialProvider(page, flags, minor), now()),
    samples: page?.samples ?? [],
    steps,
  };
}

type KubeletPage = {
  readonly gates: GatesPage;
  readonly cgroupVersion: 1 | 2 | null;
  readonly criLosingSupport: string | null;
  readonly hasCredentialProvider: boolean;
  readonly samples: readonly ControlPlaneSample[];
};

async function readMetrics(nodeName: string, chunks: AsyncIterable<Uint8Array>): Promise<KubeletPage> {
  const gates = new GatesPage();
  const samples: ControlPlaneSample[] = [];
  let cgroupVersion: 1 | 2 | null = null;
  let criLosingSupport: string | null = null;
  let hasCredentialProvider = false;
  await parseMetricsPage(chunks, WANTED, (sample) => {
    if (sample.name === "kubelet_cgroup_version") {
      cgroupVersion = sample.value === 1 || sample.value === 2 ? sample.value : null;
    } else if (sample.name === "kubelet_cri_losing_support") {
      criLosingSupport = sample.labels.version ?? "";
    } else if (
      sample.name.startsWith("kubelet_credential_provider_config") ||
      sample.name.endsWith("plugin_duration_count")
    ) {
      hasCredentialProvider = true;
    } else if (KEPT_METRICS.has(sample.name)) {
      if (sample.value > 0 && Number.isFinite(sample.value)) {
        samples.push({
          component: "kubelet",
          metric: sample.name,
          labels: { ...sample.labels, node: nodeName },
          value: sample.value,
        });
      }
    } else {
      gates.take(sample);
    }
  });
  return { gates, cgroupVersion, criLosingSupport, hasCredentialProvider, samples };
}

/** Stops at the first series above 0: then the rest of a long page says nothing more. */
export async function readPressureState(
  chunks: AsyncIterable<Uint8Array>,
): Promise<NonNullable<KubeletFacts["pressureSeries"]>> {
  let state: NonNullable<KubeletFacts["pressureSeries"]> = "absent";
  await parseMetricsPage(chunks, PRESSURE_METRICS, (sample) => {
    if (sample.value > 0) state = "moving";
    else if (sample.value === 0) state = "all-zero";
    return state !== "moving";
  });
  return state;
}

export function parseConfigz(body: unknown): JsonObject {
  const config = isObject(body) ? objectOrNull(body, "kubeletconfig") : null;
  if (config === null) throw malformed("the answer is not a kubelet configuration");
  return config;
}

/** Only gates that somebody set are listed there; none set is an empty map, not an unknown. */
function parseConfiguredGates(config: JsonObject): ReadonlyMap<string, boolean> {
  const gates = objectAt(config, "featureGates");
  const explicit = new Map<string, boolean>();
  for (const name in gates) {
    const value = gates[name];
    if (typeof value === "boolean") explicit.set(name, value);
  }
  return explicit;
}

function credentialProvider(
  page: KubeletPage | null,
  flags: ReadonlyMap<string, string> | null,
  minor: number,
): boolean | null {
  const flag = flags?.get("image-credential-provider-config");
  if (flag !== undefined) return flag !== "";
  if (page?.hasCredentialProvider === true) return true;
  return page !== null && minor >= CONFIG_HASH_SINCE_MINOR ? false : null;
}

function toFacts(
  nodeName: string,
  page: KubeletPage | null,
  config: JsonObject | null,
  pressureSeries: KubeletFacts["pressureSeries"],
  credentialProviderConfigured: boolean | null,
  readAt: Date,
): KubeletFacts {
  const from = config ?? {};
  return {
    nodeName,
    cgroupVersion: page?.cgroupVersion ?? null,
    failSwapOn: booleanOrNull(from, "failSwapOn"),
    swapBehavior: textOrNull(objectAt(from, "memorySwap"), "swapBehavior"),
    failCgroupV1: booleanOrNull(from, "failCgroupV1"),
    memoryThrottlingFactor: numberOrNull(from, "memoryThrottlingFactor"),
    memoryReservationPolicy: textOrNull(from, "memoryReservationPolicy"),
    cpuManagerPolicy: textOrNull(from, "cpuManagerPolicy"),
    memoryManagerPolicy: textOrNull(from, "memoryManagerPolicy"),
    cgroupDriver: textOrNull(from, "cgroupDriver"),
    credentialProviderConfigured,
    criLosingSupport: page?.criLosingSupport ?? null,
    pressureSeries,
    readAt,
    source: "kubelet",
  };
}
