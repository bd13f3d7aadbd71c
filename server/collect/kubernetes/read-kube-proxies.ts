import type { SourceRecord } from "../../domain/coverage.ts";
import type { ComponentReading, NodeFacts } from "../../domain/snapshot.ts";
import type { KubernetesConnection } from "./connection.ts";
import { GATE_METRICS, type GateMaps, GatesPage } from "./gates-page.ts";
import { checkAddress } from "./kubelet-access.ts";
import { mapBounded } from "./map-bounded.ts";
import { parseMetricsPage } from "./metrics-page.ts";
import type { SourceError } from "./source-error.ts";
import { asSourceError, okRecord } from "./source-records.ts";

const PORT = 10249;
const TIMEOUT_SECONDS = 2;
const NODES_AT_ONCE = 16;
/** kube-proxy listens on the node's loopback by default. When none of the first few answers, none will. */
const SCOUT_COUNT = 3;

export type KubeProxiesRead = { readonly readings: readonly ComponentReading[]; readonly record: SourceRecord | null };

/** kube-proxy's own page, where nodes may be asked directly. It speaks plain HTTP, so nothing secret is sent. */
export async function readKubeProxies(
  connection: KubernetesConnection,
  nodes: readonly NodeFacts[],
  gateMaps: GateMaps,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<KubeProxiesRead> {
  const kubelet = connection.config.kubelet;
  if (kubelet?.access !== "direct" || nodes.length === 0) return { readings: [], record: null };
  const startedAt = now();
  let lastError: SourceError | null = null;
  const readOne = async (node: NodeFacts): Promise<ComponentReading | null> => {
    try {
      return await readProxy(connection, node, kubelet.allowedCIDRs ?? [], gateMaps, now, signal);
    } catch (thrown) {
      lastError = asSourceError(thrown);
      return null;
    }
  };
  const scouts = await mapBounded(nodes.slice(0, SCOUT_COUNT), SCOUT_COUNT, readOne);
  const isAnyOpen = scouts.some((reading) => reading !== null);
  const others = isAnyOpen ? await mapBounded(nodes.slice(SCOUT_COUNT), NODES_AT_ONCE, readOne) : [];
  const readings = [...scouts, ...others].filter((reading) => reading !== null);
  const error = lastError as SourceError | null; // assigned in the closure above, which the compiler does not follow
  return {
    readings,
    record: okRecord("component:kube-proxy", "component", startedAt, now(), {
      status: readings.length === nodes.length ? "ok" : readings.length > 0 ? "partial" : "failed",
      reason: error?.reason ?? null,
      detail:
        error === null
          ? null
          : `kube-proxy answers only on the node itself unless metricsBindAddress is set (${error.message})`,
      fix: error === null ? null : { code: "see-detail" },
      objectCount: readings.length,
      expectedCount: nodes.length,
      queryCount: scouts.length + others.length,
    }),
  };
}

async function readProxy(
  connection: KubernetesConnection,
  node: NodeFacts,
  allowedCIDRs: readonly string[],
  gateMaps: GateMaps,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<ComponentReading> {
  const address = checkAddress(node, allowedCIDRs);
  const host = address.includes(":") ? `[${address}]` : address;
  const http = await connection.openEndpoint({ baseUrl: `http://${host}:${PORT}`, sendCredentials: false, sockets: 1 });
  try {
    const stream = await http.readStream("/metrics", {
      retries: 0,
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(signal === undefined ? {} : { signal }),
    });
    const page = new GatesPage();
    await parseMetricsPage(stream.chunks, new Set(GATE_METRICS), (sample) => page.take(sample));
    const gates = gateMaps.share(page.gates());
    return {
      component: "kube-proxy",
      instance: node.name,
      version: page.version(),
      gates,
      explicit: null,
      explicitSource: null,
      source: gates === null ? null : "component-metrics",
      unread: gates === null ? { reason: "malformed", detail: "the page names no feature gate" } : null,
      readAt: now(),
    };
  } finally {
    await http.close();
  }
}
