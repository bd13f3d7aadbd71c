import { BlockList, isIP } from "node:net";
import type { RbacRule } from "../../domain/coverage.ts";
import type { NodeFacts } from "../../domain/snapshot.ts";
import { rbacOfNode } from "./api-calls.ts";
import type { KubernetesConnection } from "./connection.ts";
import type { HttpSource } from "./http-source.ts";
import { SourceError } from "./source-error.ts";

export type KubeletPath = "/metrics" | "/metrics/cadvisor" | "/configz" | "/stats/summary" | "/flagz";
export type KubeletDoor = {
  readonly http: HttpSource;
  readonly pathOf: (path: KubeletPath) => string;
  readonly rbacOf: (path: KubeletPath) => RbacRule;
  readonly close: () => Promise<void>;
};

const DEFAULT_PORT = 10250;
const DIRECT_RIGHTS: Readonly<Record<KubeletPath, string>> = {
  "/metrics": "metrics",
  "/metrics/cadvisor": "metrics",
  "/configz": "configz",
  "/stats/summary": "stats",
  "/flagz": "configz",
};

/**
 * How a node's kubelet is reached, as `kubelet.access` says.
 *
 * Direct: only an internal IP inside `allowedCIDRs`, only over TLS verified by `caFile`. A node object is written by its own
 * kubelet, so without both checks a captured node could name any address and be handed the token.
 * Errors: SourceError with the reason why this node is not asked; nothing was sent then.
 */
export async function openKubelet(connection: KubernetesConnection, node: NodeFacts): Promise<KubeletDoor> {
  const kubelet = connection.config.kubelet;
  switch (kubelet?.access) {
    case "proxy": {
      const prefix = `/api/v1/nodes/${encodeURIComponent(node.name)}/proxy`;
      return {
        http: connection.api,
        pathOf: (path) => `${prefix}${path}`,
        rbacOf: () => rbacOfNode("proxy"),
        close: async () => undefined,
      };
    }
    case "direct": {
      const address = checkAddress(node, kubelet.allowedCIDRs ?? []);
      if (kubelet.caFile === undefined || kubelet.caFile === "") {
        throw refused("kubelet.caFile is not set, so no token is sent to kubelets");
      }
      const http = await connection.openEndpoint({
        baseUrl: `https://${isIP(address) === 6 ? `[${address}]` : address}:${node.kubeletPort ?? DEFAULT_PORT}`,
        caFile: kubelet.caFile,
        sendCredentials: true,
        sockets: 1,
      });
      return {
        http,
        pathOf: (path) => path,
        rbacOf: (path) => rbacOfNode(DIRECT_RIGHTS[path]),
        close: () => http.close(),
      };
    }
    case "prometheus":
      throw new SourceError("not-configured", "kubelets are read out of Prometheus", {
        fix: { code: "configure-prometheus" },
      });
    default:
      throw refused("kubelet.access is off");
  }
}

export function checkAddress(node: NodeFacts, allowedCIDRs: readonly string[]): string {
  const address = node.addresses.find((entry) => entry.type === "InternalIP" && isIP(entry.address) !== 0)?.address;
  if (address === undefined) throw refused("the node names no internal IP address");
  if (!isInside(address, allowedCIDRs))
    throw refused("the node's address is outside kubelet.allowedCIDRs, so no token is sent");
  return address;
}

export function isInside(address: string, cidrs: readonly string[]): boolean {
  const allowed = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", bits = ""] = cidr.split("/");
    const family = isIP(network);
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
      throw refused("kubelet.allowedCIDRs holds something that is no network");
    }
    allowed.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
  }
  return allowed.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function refused(detail: string): SourceError {
  return new SourceError("not-configured", detail, { fix: { code: "configure-kubelet-access", hint: detail } });
}
