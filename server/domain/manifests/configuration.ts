import { isAtLeast } from "../gates/version.ts";
import type { ManifestDocument, ManifestFacts } from "./manifest-types.ts";

/** Kubelet, API-server and credential-provider files: not API objects, so a strict schema of their own checks them. */

const KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration";

export function swapNodes(): ManifestDocument[] {
  const text = `# Merge into the kubelet's configuration on the swap nodes, then restart it. Provision swap on the node first.
${KUBELET}
failSwapOn: false # the kubelet may run on a node with swap
memorySwap:
  swapBehavior: LimitedSwap # Burstable containers get a share; NoSwap leaves them without
`;
  return [{ fileName: "kubelet.yaml", format: "kubelet-config", text }];
}

export function pressureGate(_snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  // On by default from 1.34: what may be missing then is the kernel, which no file here changes.
  if (isAtLeast(minor, "1.34") === true) return [];
  const text = `# Merge into the kubelet's configuration, then restart it. Alpha in 1.33; on by default from 1.34.
${KUBELET}
featureGates:
  KubeletPSI: true
`;
  return [{ fileName: "kubelet.yaml", format: "kubelet-config", text }];
}

export function cgroupTolerance(_snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  if (isAtLeast(minor, "1.31") !== true) return [];
  const text = `# The real step is to boot the node with the unified hierarchy (systemd.unified_cgroup_hierarchy=1).
# Until then this keeps a kubelet of 1.35 or newer starting on cgroup v1; support ends no earlier than 1.38.
${KUBELET}
failCgroupV1: false
`;
  return [{ fileName: "kubelet.yaml", format: "kubelet-config", text }];
}

export function memoryProtection(_snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  const gate = isAtLeast(minor, "1.37") === true ? "" : "featureGates:\n  MemoryQoS: true # alpha before 1.37\n";
  const policy =
    isAtLeast(minor, "1.36") === true
      ? "memoryReservationPolicy: TieredReservation # Guaranteed: memory.min, Burstable: memory.low\n"
      : "";
  const text = `# Merge into the kubelet's configuration, then restart it. Needs cgroup v2 and kernel 5.9.
${KUBELET}
${gate}memoryThrottlingFactor: 0.9 # share of the limit at which allocation is slowed; low values cause memory pressure
${policy}`;
  return [{ fileName: "kubelet.yaml", format: "kubelet-config", text }];
}

export function anonymousPaths(_snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  const version = isAtLeast(minor, "1.34") === true ? "v1" : "v1beta1";
  const text = `# For the API server: --authentication-config=<this file>, and drop --anonymous-auth (both together are an error).
# Paths match exactly. Restart each server: a running one refuses this change. Token joins read cluster-info anonymously.
apiVersion: apiserver.config.k8s.io/${version}
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
`;
  return [{ fileName: "authentication.yaml", format: "apiserver-config", text }];
}

const TOKEN_GATE = "KubeletServiceAccountTokenForCredentialProviders";

export function pullTokens(_snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  // cacheType does not exist in 1.33 and is required from 1.34 on.
  const cacheType =
    isAtLeast(minor, "1.34") === true
      ? "      cacheType: ServiceAccount # or Token, if the registry looks at the pod\n"
      : "";
  const provider = `# On each node: --image-credential-provider-config=<this file> and --image-credential-provider-bin-dir=<folder>.
# Name, images and audience are those of your registry's plugin.
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: registry-credential-provider
    matchImages:
      - "registry.example.com"
    defaultCacheDuration: 10m
    apiVersion: credentialprovider.kubelet.k8s.io/v1 # older versions cannot use tokens
    tokenAttributes:
      serviceAccountTokenAudience: registry.example.com
${cacheType}      requireServiceAccount: true # false where static pods need this provider
`;
  // Alpha in 1.33: kubelet and API server both need the gate, or the kubelet refuses the file above.
  const gate =
    isAtLeast(minor, "1.34") === true
      ? []
      : ([
          {
            fileName: "kubelet.yaml",
            format: "kubelet-config",
            text: `# Alpha in ${minor}: merge into the kubelet's configuration, or it refuses the provider file and does not start.
${KUBELET}
featureGates:
  ${TOKEN_GATE}: true
`,
          },
          {
            fileName: "flags.txt",
            format: "flags",
            text: `# Alpha in ${minor}: add to the command line of the API server.\n--feature-gates=${TOKEN_GATE}=true\n`,
          },
        ] satisfies readonly ManifestDocument[]);
  const rbac = `# Lets nodes request tokens for the registry's audience.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: node-registry-audience
rules:
  - apiGroups: [""]
    resources: ["registry.example.com"] # the audience
    verbs: ["request-serviceaccounts-token-audience"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: node-registry-audience
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: node-registry-audience
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: system:nodes
`;
  return [
    { fileName: "credential-provider.yaml", format: "credential-provider-config", text: provider },
    { fileName: "audience.yaml", format: "api-object", text: rbac },
    ...gate,
  ];
}
