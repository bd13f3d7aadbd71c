import { type KubernetesConnection, openConnection } from "../collect/kubernetes/connection.ts";
import type { ClusterSourceConfig } from "../collect/kubernetes/connection-config.ts";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import type { ClusterConfig } from "../config.ts";
import { createOutboundGuard, type OutboundGuard } from "../outbound-guard.ts";

/** Connections to sources by cluster name, opened on first use and kept for the life of the process. */
export class SourcePool {
  readonly #kubernetes = new Map<string, Promise<KubernetesConnection>>();
  readonly #prometheus = new Map<string, PrometheusClient>();
  readonly #guard: OutboundGuard;

  /** `allowedCIDRs`: networks to connect to although link-local and metadata addresses are refused. */
  constructor(allowedCIDRs: readonly string[] = []) {
    this.#guard = createOutboundGuard({ allowedCIDRs });
  }

  async kubernetes(cluster: ClusterConfig): Promise<KubernetesConnection> {
    const existing = this.#kubernetes.get(cluster.name);
    if (existing !== undefined) return existing;
    const opening = openConnection(toKubernetesSource(cluster), { guard: this.#guard });
    this.#kubernetes.set(cluster.name, opening);
    // A configuration that cannot be read now (a file not mounted yet) is tried again by the next read.
    opening.catch(() => this.#kubernetes.delete(cluster.name));
    return opening;
  }

  /** `null` when no Prometheus is configured. Errors: a selector or address that cannot be used. */
  prometheus(cluster: ClusterConfig): PrometheusClient | null {
    if (cluster.prometheus === null) return null;
    let client = this.#prometheus.get(cluster.name);
    if (client === undefined) {
      const { url, tokenFile, basicAuth, headers, caFile, insecureSkipVerify, selector } = cluster.prometheus;
      client = new PrometheusClient(
        {
          url,
          headers,
          insecureSkipVerify,
          tokenFile: tokenFile ?? undefined,
          basicAuth: basicAuth ?? undefined,
          caFile: caFile ?? undefined,
          selector: selector ?? undefined,
        },
        { guard: this.#guard },
      );
      this.#prometheus.set(cluster.name, client);
    }
    return client;
  }

  async close(): Promise<void> {
    const opened = [...this.#kubernetes.values()];
    this.#kubernetes.clear();
    for (const connection of await Promise.allSettled(opened))
      if (connection.status === "fulfilled") await connection.value.close();
    for (const client of this.#prometheus.values()) await client.close();
    this.#prometheus.clear();
  }
}

/** The configuration's words in the Kubernetes reader's words. */
export function toKubernetesSource(cluster: ClusterConfig): ClusterSourceConfig {
  const { access, kubelet, controlPlane } = cluster;
  const reach =
    access.kind === "kubeconfig"
      ? { kubeconfig: access.file, context: access.context ?? undefined }
      : access.kind === "in-cluster"
        ? { inCluster: true }
        : { server: access.server, caFile: access.caFile ?? undefined, tokenFile: access.tokenFile };
  return {
    name: cluster.name,
    provider: cluster.provider ?? undefined,
    ...reach,
    kubelet: { access: kubelet.access, allowedCIDRs: kubelet.allowedCIDRs, caFile: kubelet.caFile ?? undefined },
    controlPlane: {
      apiServers: controlPlane.apiServers,
      controllerManager: controlPlane.controllerManager ?? undefined,
      scheduler: controlPlane.scheduler ?? undefined,
    },
  };
}
