import { WEBHOOKS } from "../exporters/control-plane.ts";
import type { DemoCluster } from "../fleet/types.ts";
import { hash32, uuid } from "../random.ts";
import { isoTime, type JsonObject, objectMeta } from "./object.ts";

const ids = (cluster: DemoCluster, name: string) => uuid(hash32(cluster.uid), name);
const born = (cluster: DemoCluster) => (cluster.nodes[0]?.createdAt ?? 0) - 3600;

export function namespaceObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.namespaces.map(({ name, labels }) => ({
    metadata: objectMeta(cluster, {
      name,
      uid: name === "kube-system" ? cluster.uid : ids(cluster, `namespace/${name}`),
      createdAt: born(cluster),
      labels: { "kubernetes.io/metadata.name": name, ...labels },
    }),
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  }));
}

export function serviceAccountObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.namespaces.map(({ name }) => ({
    metadata: objectMeta(cluster, {
      name: "default",
      namespace: name,
      uid: ids(cluster, `account/${name}`),
      createdAt: born(cluster),
    }),
    ...(name === "payments" ? { imagePullSecrets: [{ name: "registry-credentials" }] } : {}),
  }));
}

type Rule = {
  readonly verbs: string[];
  readonly apiGroups?: string[];
  readonly resources?: string[];
  readonly nonResourceURLs?: string[];
};
const READ = ["get", "list", "watch"];
const ROLES: Readonly<Record<string, readonly Rule[]>> = {
  "cluster-admin": [
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["*"], nonResourceURLs: ["*"] },
  ],
  view: [
    {
      verbs: READ,
      apiGroups: [""],
      resources: ["configmaps", "endpoints", "persistentvolumeclaims", "pods", "serviceaccounts", "services"],
    },
    { verbs: READ, apiGroups: [""], resources: ["events", "namespaces", "pods/log", "pods/status"] },
    { verbs: READ, apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"] },
    { verbs: READ, apiGroups: ["batch"], resources: ["cronjobs", "jobs"] },
  ],
  "system:public-info-viewer": [
    { verbs: ["get"], nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"] },
  ],
  "system:monitoring": [
    {
      verbs: ["get"],
      nonResourceURLs: [
        "/healthz",
        "/healthz/*",
        "/livez",
        "/livez/*",
        "/metrics",
        "/metrics/slis",
        "/readyz",
        "/readyz/*",
      ],
    },
  ],
  "read-everything": [
    { verbs: READ, apiGroups: ["*"], resources: ["*"] },
    { verbs: ["get"], nonResourceURLs: ["*"] },
  ],
  "sluice-collector": [
    { verbs: READ, apiGroups: ["", "apps", "batch"], resources: ["*"] },
    { verbs: ["get"], apiGroups: [""], resources: ["nodes/metrics", "nodes/stats", "nodes/configz"] },
  ],
};

export function clusterRoleObjects(cluster: DemoCluster): JsonObject[] {
  return Object.entries(ROLES)
    .filter(([name]) => name !== "read-everything" || cluster.anonymous === "reads-everything")
    .map(([name, rules]) => ({
      metadata: objectMeta(cluster, {
        name,
        uid: ids(cluster, `role/${name}`),
        createdAt: born(cluster),
        ...(name.startsWith("system:") ? { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } } : {}),
      }),
      rules: rules.map((rule) => ({ ...rule })),
    }));
}

export function clusterRoleBindingObjects(cluster: DemoCluster): JsonObject[] {
  const binding = (name: string, role: string, subjects: JsonObject[]): JsonObject => ({
    metadata: objectMeta(cluster, { name, uid: ids(cluster, `binding/${name}`), createdAt: born(cluster) }),
    subjects,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  });
  const group = (name: string) => ({ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name });
  return [
    binding("cluster-admin", "cluster-admin", [group("system:masters")]),
    binding("system:public-info-viewer", "system:public-info-viewer", [
      group("system:authenticated"),
      group("system:unauthenticated"),
    ]),
    binding("sluice-collector", "sluice-collector", [
      { kind: "ServiceAccount", name: "sluice-collector", namespace: "monitoring" },
    ]),
    ...(cluster.anonymous === "reads-everything"
      ? [
          binding("legacy-dashboard-anonymous", "read-everything", [
            { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "system:anonymous" },
          ]),
        ]
      : []),
  ];
}

export function roleObjects(cluster: DemoCluster): JsonObject[] {
  if (cluster.provider !== "none") return [];
  return [
    {
      metadata: objectMeta(cluster, {
        name: "kubeadm:bootstrap-signer-clusterinfo",
        namespace: "kube-public",
        uid: ids(cluster, "role/kubeadm"),
        createdAt: born(cluster),
      }),
      rules: [{ verbs: ["get"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["cluster-info"] }],
    },
  ];
}

export function webhookObjects(cluster: DemoCluster): JsonObject[] {
  if (cluster.provider === "none") return [];
  return WEBHOOKS.map((webhook, index) => ({
    metadata: objectMeta(cluster, {
      name: webhook.name.split(".")[0] ?? webhook.name,
      uid: ids(cluster, `webhook/${webhook.name}`),
      createdAt: born(cluster),
      generation: 1,
    }),
    webhooks: [
      {
        name: webhook.name,
        clientConfig: {
          service: { namespace: "platform", name: "policy-webhook", path: "/mutate", port: 443 },
        },
        rules: [
          { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], scope: "Namespaced" },
        ],
        failurePolicy: index === 0 ? "Ignore" : "Fail",
        matchPolicy: "Equivalent",
        namespaceSelector: {},
        objectSelector: {},
        sideEffects: "None",
        timeoutSeconds: 10,
        admissionReviewVersions: ["v1"],
        reinvocationPolicy: "Never",
      },
    ],
  }));
}

export function admissionPolicyObjects(cluster: DemoCluster): JsonObject[] {
  // One policy is bound, the other was written and forgotten: a policy without a binding does nothing.
  return ["team-label", "default-tolerations"].map((name) => ({
    metadata: objectMeta(cluster, {
      name,
      uid: ids(cluster, `policy/${name}`),
      createdAt: born(cluster),
      generation: 1,
    }),
    spec: {
      matchConstraints: {
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [
          { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], scope: "*" },
        ],
        matchPolicy: "Equivalent",
      },
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"managed": "yes"}}}' },
        },
      ],
      failurePolicy: "Fail",
      reinvocationPolicy: "IfNeeded",
    },
  }));
}

export function admissionBindingObjects(cluster: DemoCluster): JsonObject[] {
  return [
    {
      metadata: objectMeta(cluster, {
        name: "team-label",
        uid: ids(cluster, "policy-binding/team-label"),
        createdAt: born(cluster),
        generation: 1,
      }),
      spec: { policyName: "team-label" },
    },
  ];
}

export function apiServiceObjects(cluster: DemoCluster, groupVersions: readonly string[]): JsonObject[] {
  const local = groupVersions.map((groupVersion): JsonObject => {
    const [group = "", version = ""] = groupVersion.includes("/") ? groupVersion.split("/") : ["", groupVersion];
    return {
      metadata: objectMeta(cluster, {
        name: `${version}.${group}`,
        uid: ids(cluster, `api-service/${groupVersion}`),
        createdAt: born(cluster),
        labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" },
      }),
      spec: { ...(group === "" ? {} : { group }), version, groupPriorityMinimum: 17_800, versionPriority: 15 },
      status: {
        conditions: [
          {
            type: "Available",
            status: "True",
            lastTransitionTime: isoTime(born(cluster)),
            reason: "Local",
            message: "Local APIServices are always available",
          },
        ],
      },
    };
  });
  const external = cluster.workloads.find((workload) => workload.name === "external-metrics");
  if (external === undefined) return local;
  return [
    ...local,
    {
      metadata: objectMeta(cluster, {
        name: "v1beta1.external.metrics.k8s.io",
        uid: ids(cluster, "api-service/external"),
        createdAt: born(cluster),
      }),
      spec: {
        service: { namespace: "platform", name: "external-metrics", port: 443 },
        group: "external.metrics.k8s.io",
        version: "v1beta1",
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
      status: {
        conditions: [
          {
            type: "Available",
            status: "True",
            lastTransitionTime: isoTime(external.createdAt),
            reason: "Passed",
            message: "all checks passed",
          },
        ],
      },
    },
  ];
}
