import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reading } from "../../domain/reading.ts";
import { type RecordedObject, recordedItems, recordedJson } from "../../testing/replay/recorded-cluster.ts";
import { type Replay, startReplay } from "../../testing/replay/replay-server.ts";
import { API_CALLS, pathOfList } from "./api-calls.ts";
import { collectInventory, type Inventory } from "./collect-inventory.ts";
import { openConnection } from "./connection.ts";
import { parseQuantity } from "./quantity.ts";

function valueIn<T>(reading: Reading<T>): T {
  if (reading.state !== "value") throw new Error(`expected a value, got ${reading.state}`);
  return reading.value;
}
function at(item: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as RecordedObject | undefined)?.[key], item);
}
function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

describe("the inventory of the recorded cluster", () => {
  let replay: Replay;
  let inventory: Inventory;
  beforeAll(async () => {
    replay = await startReplay({ maxPageSize: 37, expireOnce: ["/api/v1/pods", "/api/v1/events"] });
    const connection = await openConnection({ name: "recorded", kubeconfig: replay.kubeconfigFile });
    inventory = await collectInventory(connection);
    await connection.close();
  });
  afterAll(() => replay.stop());

  it("reads every source", () => {
    expect(inventory.sources.filter((source) => source.status !== "ok")).toEqual([]);
    expect(inventory.sources.every((source) => source.receivedBytes > 0 || source.objectCount === 0)).toBe(true);
  });

  it("knows version, identity and provider", () => {
    expect(valueIn(inventory.parts.version)).toMatchObject({
      gitVersion: at(recordedJson("version.json"), "gitVersion"),
      minor: "1.34",
    });
    const system = recordedItems("core-v1-namespaces.json").find(
      (item) => at(item, "metadata", "name") === "kube-system",
    );
    expect(inventory.clusterUid).toBe(at(system, "metadata", "uid"));
    expect(inventory.provider).toBe("aws");
  });

  it("names who wrote the objects that stand in a version that ends, although fields are dropped before anything is parsed", () => {
    const own = { group: "admissionregistration.k8s.io", version: "v1beta1", manager: "unknown", objectCount: 1 };
    expect(valueIn(inventory.parts.apiWriters)).toEqual([
      expect.objectContaining({ ...own, resource: "mutatingadmissionpolicies" }),
      expect.objectContaining({ ...own, resource: "mutatingadmissionpolicybindings" }),
    ]);
  });

  it("counts nodes by pool and by zone", () => {
    const recorded = recordedItems("core-v1-nodes.json");
    const nodes = valueIn(inventory.parts.nodes);
    const label = (item: RecordedObject, name: string) => String(at(item, "metadata", "labels", name) ?? "none");
    expect(countBy(nodes, (node) => node.pool ?? "none")).toEqual(countBy(recorded, (item) => label(item, "pool")));
    expect(countBy(nodes, (node) => node.zone ?? "none")).toEqual(
      countBy(recorded, (item) => label(item, "topology.kubernetes.io/zone")),
    );
    expect(countBy(nodes, (node) => node.capacityType ?? "none")).toEqual(
      countBy(recorded, (item) => label(item, "karpenter.sh/capacity-type")),
    );
  });

  it("adds capacity up to what the nodes say", () => {
    const recorded = recordedItems("core-v1-nodes.json").map(
      (item) => parseQuantity(at(item, "status", "capacity", "memory")) ?? 0,
    );
    const read = valueIn(inventory.parts.nodes).map((node) => node.capacity.memoryBytes ?? 0);
    expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBe(recorded.reduce((sum, bytes) => sum + bytes, 0));
  });

  it("finds the two nodes that lag behind, with their old kernels", () => {
    const lagging = valueIn(inventory.parts.nodes).filter((node) => !node.kubeletVersion.startsWith("v1.34."));
    const recorded = recordedItems("core-v1-nodes.json").filter(
      (item) => !String(at(item, "status", "nodeInfo", "kubeletVersion")).startsWith("v1.34."),
    );
    expect(lagging).toHaveLength(2);
    expect(lagging.map((node) => [node.name, node.kernelVersion])).toEqual(
      recorded.map((item) => [at(item, "metadata", "name"), at(item, "status", "nodeInfo", "kernelVersion")]),
    );
  });

  it("reads each pod once, although the list expired on the way", () => {
    const names = valueIn(inventory.parts.pods).map((pod) => `${pod.namespace}/${pod.name}`);
    const recorded = recordedItems("core-v1-pods.json").map(
      (item) => `${at(item, "metadata", "namespace")}/${at(item, "metadata", "name")}`,
    );
    expect(names).toEqual(recorded);
    expect(inventory.sources.find((source) => source.source === "GET /api/v1/pods")?.detail).toMatch(/expired once/);
  });

  it("climbs from pods to their top owners", () => {
    const sets = new Map(
      recordedItems("apps_v1_replicasets.json").map((item) => [
        at(item, "metadata", "uid"),
        at(item, "metadata", "ownerReferences", "0", "name"),
      ]),
    );
    const top = (item: RecordedObject): string => {
      const owner = at(item, "metadata", "ownerReferences", "0");
      if (at(owner, "kind") !== "ReplicaSet") return `${at(owner, "kind")}/${at(owner, "name")}`;
      // Four ReplicaSets were replaced between the two recordings; their names still say whose they were.
      const hash = at(item, "metadata", "labels", "pod-template-hash");
      return `Deployment/${sets.get(at(owner, "uid")) ?? String(at(owner, "name")).replace(`-${hash}`, "")}`;
    };
    const read = countBy(valueIn(inventory.parts.pods), (pod) => `${pod.workload.kind}/${pod.workload.name}`);
    expect(read).toEqual(countBy(recordedItems("core-v1-pods.json"), top));
  });

  it("keeps one template for the pods of a workload", () => {
    const pods = valueIn(inventory.parts.pods);
    const workloads = new Set(pods.map((pod) => `${pod.workload.kind}/${pod.namespace}/${pod.workload.name}`));
    expect(new Set(pods.map((pod) => pod.template)).size).toBeLessThanOrEqual(workloads.size);
  });

  it("sees native sidecars where the pods have them", () => {
    const isSidecar = (item: unknown): boolean => {
      const containers = at(item, "spec", "initContainers");
      return Array.isArray(containers) && containers.some((container) => at(container, "restartPolicy") === "Always");
    };
    const read = valueIn(inventory.parts.pods).filter((pod) =>
      pod.template.initContainers.some((container) => container.restartPolicy === "Always"),
    );
    const recorded = recordedItems("core-v1-pods.json").filter(isSidecar);
    expect(recorded.length).toBeGreaterThan(0);
    expect(read.map((pod) => pod.uid)).toEqual(recorded.map((item) => at(item, "metadata", "uid")));
  });

  it("sees which claims have a VolumeAttributesClass: every third", () => {
    const recorded = recordedItems("core-v1-persistentvolumeclaims.json");
    const claims = valueIn(inventory.parts.volumeClaims);
    expect(claims.map((claim) => claim.attributesClassName)).toEqual(
      recorded.map((item) => at(item, "spec", "volumeAttributesClassName") ?? null),
    );
    expect(claims.filter((claim) => claim.attributesClassName !== null).length * 3).toBe(claims.length);
    expect(valueIn(inventory.parts.volumeAttributesClasses).map((item) => item.name)).toEqual(["gold", "silver"]);
  });

  it("finds the stuck claim, and devices allocated to the others", () => {
    const claims = valueIn(inventory.parts.resourceClaims);
    expect(claims.filter((claim) => claim.allocation === null)).toMatchObject([
      {
        name: "stuck-claim",
        namespace: "ml-platform",
        requests: [{ deviceClassName: "missing.example.com", count: 4 }],
      },
    ]);
    const recorded = recordedItems("resource.k8s.io_v1_resourceclaims.json").flatMap(
      (item) => at(item, "status", "allocation", "devices", "results") ?? [],
    );
    expect(claims.flatMap((claim) => claim.allocation ?? []).map(({ pool, device }) => ({ pool, device }))).toEqual(
      recorded.map((result) => ({ pool: at(result, "pool"), device: at(result, "device") })),
    );
    const devices = valueIn(inventory.parts.resourceSlices).flatMap((slice) => slice.devices);
    expect(devices).toHaveLength(
      recordedItems("resource.k8s.io_v1_resourceslices.json").flatMap((item) => at(item, "spec", "devices") ?? [])
        .length,
    );
    expect(devices[0]?.capacity.memory).toBe(81559 * 2 ** 20);
  });

  it("reads trafficDistribution, hints and zones of endpoints", () => {
    const wanted = (item: unknown) => String(at(item, "spec", "trafficDistribution") ?? "none");
    expect(countBy(valueIn(inventory.parts.services), (service) => service.trafficDistribution ?? "none")).toEqual(
      countBy(recordedItems("core-v1-services.json"), wanted),
    );
    const recorded = recordedItems("discovery.k8s.io_v1_endpointslices.json").flatMap(
      (item) => (at(item, "endpoints") as unknown[] | null) ?? [],
    );
    const endpoints = valueIn(inventory.parts.endpointSlices).flatMap((slice) => slice.endpoints);
    expect(endpoints).toHaveLength(recorded.length);
    expect(endpoints.filter((endpoint) => endpoint.hintZones !== null)).toHaveLength(
      recorded.filter((endpoint) => at(endpoint, "hints", "forZones") !== undefined).length,
    );
  });

  it("takes the policy from the version that is served", () => {
    expect(valueIn(inventory.parts.mutatingAdmissionPolicies)).toMatchObject([
      { name: "team-label", mutationCount: 1 },
    ]);
    expect(valueIn(inventory.parts.mutatingAdmissionPolicyBindings)).toMatchObject([{ policyName: "team-label" }]);
    expect(inventory.sources.some((source) => source.source.includes("/v1beta1/mutatingadmissionpolicies"))).toBe(true);
  });

  it("finds the binding that lets anybody view everything", () => {
    const open = valueIn(inventory.parts.roleBindings).filter(
      (binding) =>
        binding.roleName === "view" && binding.subjects.some((subject) => subject.name === "system:unauthenticated"),
    );
    expect(open.map((binding) => binding.name)).toEqual(["too-open"]);
  });

  it("keeps Jobs with their policies", () => {
    const recorded = recordedItems("batch_v1_jobs.json");
    const jobs = valueIn(inventory.parts.jobs);
    expect(
      jobs.map((job) => [job.name, job.spec.backoffLimitPerIndex, job.spec.podFailurePolicyRules?.length ?? null]),
    ).toEqual(
      recorded.map((item) => [
        at(item, "metadata", "name"),
        at(item, "spec", "backoffLimitPerIndex") ?? null,
        (at(item, "spec", "podFailurePolicy", "rules") as unknown[] | undefined)?.length ?? null,
      ]),
    );
  });

  it("keeps warnings, newest first", () => {
    const recorded = recordedItems("core-v1-events.json").filter((item) => item.type === "Warning");
    const events = valueIn(inventory.parts.events);
    expect(countBy(events, (event) => event.reason)).toEqual(countBy(recorded, (item) => String(item.reason)));
    const times = events.map((event) => event.lastSeenAt?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it("asks packed, with credentials, only what the table of calls names – and never for secrets", () => {
    const allowed = new Set(
      API_CALLS.flatMap((call) =>
        call.kind === "non-resource"
          ? [call.path]
          : call.versions.map((version) => pathOfList(call.group, version, call.resource)),
      ),
    );
    expect(replay.requests.filter((request) => !allowed.has(request.path))).toEqual([]);
    expect(replay.requests.every((request) => request.acceptsGzip && request.hasToken)).toBe(true);
    expect(replay.requests.some((request) => request.path.includes("secrets"))).toBe(false);
    const lists = replay.requests.filter((request) => request.query.includes("limit="));
    expect(lists.every((request) => new URLSearchParams(request.query).get("limit") === "500")).toBe(true);
  });
});
