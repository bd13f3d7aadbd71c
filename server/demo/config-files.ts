import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUDGETS } from "./stories.ts";

/** A running cluster as the generated configuration describes it. */
export type ServedCluster = {
  readonly name: string;
  readonly provider: "aws" | "gcp" | "none";
  readonly apiUrl: string;
  readonly apiToken: string;
  readonly kubeletAccess: "direct" | "proxy" | "off";
  /** `null` = none. */
  readonly prometheusUrl: string | null;
  readonly prometheusToken: string | null;
  readonly selector: string | null;
  readonly controllerManagerUrl: string | null;
  readonly schedulerUrl: string | null;
};

export const CA_FILE = fileURLToPath(new URL("tls/demo-only-ca.pem", import.meta.url));

/** Networks of the simulated nodes; nothing else may be asked for a kubelet page. */
export const KUBELET_NETWORK = "127.1.0.0/16";

function write(path: string, text: string): string {
  writeFileSync(path, text, { mode: 0o600 });
  // The mode above counts for new files only.
  chmodSync(path, 0o600);
  return path;
}

/** Writes sluice.yaml, kubeconfigs and tokens for the running fleet into a directory that only we may read. */
export function writeConfigFiles(directory: string, clusters: readonly ServedCluster[]): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const caFile = join(directory, "demo-only-ca.pem");
  copyFileSync(CA_FILE, caFile);
  const entries = clusters.map((cluster) => {
    write(join(directory, `${cluster.name}.kubeconfig`), kubeconfig(cluster));
    if (cluster.prometheusToken !== null) {
      write(join(directory, `${cluster.name}.prometheus-token`), `${cluster.prometheusToken}\n`);
    }
    return clusterEntry(cluster);
  });
  const budgets = BUDGETS.map(
    ({ team, perMonth }) => `    - { team: ${team}, costPerMonth: ${perMonth}, validFrom: 2026-01-01 }\n`,
  );
  const text = `# Written by the demo fleet at each start; changes are lost.\nclusters:\n${entries.join("")}teams: { from: ["label:team", "namespaceLabel:team"] }\nbilling:\n  currency: USD\n  timeZone: UTC\n  budgets:\n${budgets.join("")}`;
  return write(join(directory, "sluice.yaml"), text);
}

function clusterEntry(cluster: ServedCluster): string {
  const lines = [
    `  - name: ${cluster.name}`,
    `    kubeconfig: ./${cluster.name}.kubeconfig`,
    "    context: demo",
    ...(cluster.provider === "none" ? [] : [`    provider: ${cluster.provider}`]),
    ...(cluster.prometheusUrl === null ? [] : ["    prometheus:", `      url: ${cluster.prometheusUrl}`]),
    ...(cluster.prometheusToken === null ? [] : [`      tokenFile: ./${cluster.name}.prometheus-token`]),
    ...(cluster.selector === null ? [] : [`      selector: '${cluster.selector}'`]),
    cluster.kubeletAccess === "direct"
      ? `    kubelet: { access: direct, allowedCIDRs: ["${KUBELET_NETWORK}"], caFile: ./demo-only-ca.pem }`
      : `    kubelet: { access: ${cluster.kubeletAccess === "off" ? "prometheus" : cluster.kubeletAccess} }`,
    ...(cluster.controllerManagerUrl === null || cluster.schedulerUrl === null
      ? []
      : [
          "    controlPlane:",
          `      controllerManager: "${cluster.controllerManagerUrl}"`,
          `      scheduler: "${cluster.schedulerUrl}"`,
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

function kubeconfig(cluster: ServedCluster): string {
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "demo",
      clusters: [{ name: "demo", cluster: { server: cluster.apiUrl, "certificate-authority": "demo-only-ca.pem" } }],
      users: [{ name: "sluice-collector", user: { token: cluster.apiToken } }],
      contexts: [{ name: "demo", context: { cluster: "demo", user: "sluice-collector" } }],
    },
    null,
    2,
  )}\n`;
}
