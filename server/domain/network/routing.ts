/**
 * The two rules that decide where Service traffic goes, as values: which hints the EndpointSlice controller writes, and which
 * endpoints kube-proxy uses on a node. Source: Kubernetes 1.31–1.36, staging endpointslice/trafficdist, pkg/proxy/topology.go.
 */
export type TrafficDistribution = "PreferClose" | "PreferSameZone" | "PreferSameNode" | null;

export type RoutedEndpoint = {
  /** Stable name of the endpoint (its pod, else its address). */
  readonly id: string;
  readonly zone: string | null;
  readonly nodeName: string | null;
  readonly isReady: boolean;
  readonly hintZones: readonly string[] | null;
  readonly hintNodes: readonly string[] | null;
};

/**
 * The endpoints as the EndpointSlice controller would hint them for a setting. Endpoints that are not ready or have no zone get
 * no hint – and one such ready endpoint is enough to switch the preference off everywhere.
 */
export function withHints(endpoints: readonly RoutedEndpoint[], setting: TrafficDistribution): RoutedEndpoint[] {
  return endpoints.map((endpoint) => {
    const zones = setting !== null && endpoint.isReady && endpoint.zone !== null ? [endpoint.zone] : null;
    const nodes =
      setting === "PreferSameNode" && endpoint.isReady && endpoint.nodeName !== null ? [endpoint.nodeName] : null;
    return { ...endpoint, hintZones: zones, hintNodes: nodes };
  });
}

export type Selection = { readonly endpoints: readonly RoutedEndpoint[]; readonly by: "node" | "zone" | "cluster" };

/**
 * The endpoints that kube-proxy on one node sends new connections to.
 *
 * Node hints count only when every ready endpoint has one and one names this node; else zone hints, when every ready endpoint has
 * one and one names this zone; else all ready endpoints. Among them the choice is even.
 */
export function selectEndpoints(
  endpoints: readonly RoutedEndpoint[],
  client: { readonly zone: string | null; readonly nodeName: string | null },
): Selection {
  const ready = endpoints.filter((endpoint) => endpoint.isReady);
  if (
    client.nodeName !== null &&
    ready.length > 0 &&
    ready.every((endpoint) => endpoint.hintNodes !== null && endpoint.hintNodes.length > 0)
  ) {
    const node = client.nodeName;
    const same = ready.filter((endpoint) => endpoint.hintNodes?.includes(node));
    if (same.length > 0) return { endpoints: same, by: "node" };
  }
  if (
    client.zone !== null &&
    ready.length > 0 &&
    ready.every((endpoint) => endpoint.hintZones !== null && endpoint.hintZones.length > 0)
  ) {
    const zone = client.zone;
    const same = ready.filter((endpoint) => endpoint.hintZones?.includes(zone));
    if (same.length > 0) return { endpoints: same, by: "zone" };
  }
  return { endpoints: ready, by: "cluster" };
}
