import type { PodFacts, ResourceClaimFacts } from "../../snapshot.ts";
import { isFinished, nodesByName, podsByTemplate } from "../cluster-index.ts";
import { type CheckContext, defineCheck, rule, stage } from "../define-check.ts";
import { countDevices, isDeviceResource } from "../device-count.ts";
import { availableByGates, judgeEnabled } from "../gate-stages.ts";
import { blocker, EvidenceList, inferred, notApplicable, notMet, ObjectCollector, share, Tally } from "../judgement.ts";
import type { Blocker } from "../types.ts";

const GATE = "DynamicResourceAllocation";
const API = "resource.k8s.io";
/** A claim may wait this long for the scheduler before it counts as stuck. */
const PENDING_GRACE_SECONDS = 60;

export const dynamicResourceAllocation = defineCheck({
  id: "dynamic-resource-allocation",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/",
  words: {
    en: {
      title: "Dynamic resource allocation",
      why: "Pods claim devices by what they need, share them and get them back, for any driver.",
      sentences: {
        "api-by-version": "resource.k8s.io is served ({versions}), which takes the gate on the API server.",
        "no-driver": "No driver publishes devices: there is no ResourceSlice.",
        "no-class": "Drivers publish devices, but there is no DeviceClass to claim them by.",
        "nodes-with-slices":
          "{met} of {of} {of|node|nodes} with devices {met|publishes|publish} them through a driver.",
        "claims-allocated": "{met} of {of} {of|claim|claims} {met|is|are} allocated and held by a pod.",
        "no-claims": "There is no claim, so nothing to judge.",
        "claim-no-device": "{count} {count|claim|claims} {count|waits|wait}: no free device fits ({example}).",
        "claim-no-class":
          "{count} {count|claim|claims} {count|names|name} a device class that does not exist ({example}).",
        "claim-waiting": "{count} {count|claim|claims} {count|waits|wait} for allocation ({example}).",
        "claim-idle": "{count} {count|claim|claims} {count|holds|hold} a device that no pod uses.",
        "driver-gone":
          "{count} {count|driver|drivers} with allocated claims {count|publishes|publish} no device any more ({example}).",
        "pool-incomplete":
          "{count} {count|pool|pools} {count|misses|miss} slices; the scheduler skips {count|it|them}.",
        "prepare-failed": "{count} {count|time|times} a kubelet could not prepare a device.",
        "double-offer":
          "{count} {count|node|nodes} {count|offers|offer} devices of one vendor through a driver and a device plugin: double booking is possible.",
        "pending-claims": "Claims without a device",
        "device-pools": "Device pools",
        cause: "{cause}",
        pool: "{allocated} of {total} {total|device|devices} allocated, free: {free}",
      },
    },
    zh: {
      title: "动态资源分配",
      why: "Pod 按需求申领设备，可共享并归还，适用于任何驱动。",
      sentences: {
        "api-by-version": "已提供 resource.k8s.io（{versions}），这说明 API 服务器已开启该门控。",
        "no-driver": "没有驱动发布设备：不存在 ResourceSlice。",
        "no-class": "驱动已发布设备，但没有可用于申领的 DeviceClass。",
        "nodes-with-slices": "{of} 个有设备的节点中有 {met} 个通过驱动发布设备。",
        "claims-allocated": "{of} 个申领中有 {met} 个已分配并被 Pod 持有。",
        "no-claims": "没有申领，无从判断。",
        "claim-no-device": "{count} 个申领在等待：没有合适的空闲设备（{example}）。",
        "claim-no-class": "{count} 个申领引用了不存在的设备类（{example}）。",
        "claim-waiting": "{count} 个申领等待分配（{example}）。",
        "claim-idle": "{count} 个申领占有设备但没有 Pod 使用。",
        "driver-gone": "{count} 个驱动仍有已分配的申领，却不再发布设备（{example}）。",
        "pool-incomplete": "{count} 个设备池缺少切片，调度器会跳过。",
        "prepare-failed": "kubelet 有 {count} 次未能准备设备。",
        "double-offer": "{count} 个节点同时通过驱动和设备插件提供同一厂商的设备：可能重复分配。",
        "pending-claims": "没有设备的申领",
        "device-pools": "设备池",
        cause: "{cause}",
        pool: "{total} 个设备中已分配 {allocated} 个，空闲：{free}",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: stage({
    needs: ["apiResources"],
    signal: `kubernetes_feature_enabled{name=${GATE}} and GET /apis/${API}`,
    judge({ apiResources }, context) {
      const served = apiResources.filter((api) => api.group === API && api.resource === "resourceclaims");
      if (served.length === 0) {
        const evidence = [context.saw("apiResources", API, "not served")];
        return notMet("api-not-served", { api: API }, evidence);
      }
      const byGate = judgeEnabled(context, [GATE]);
      if (byGate.state !== "unknown" && byGate.state !== "not-exposed") return byGate;
      const versions = served.map((api) => api.version).join(", ");
      return inferred("api-by-version", { versions }, [context.saw("apiResources", API, versions)]);
    },
  }),
  ready: stage({
    needs: ["resourceSlices", "deviceClasses", "nodes"],
    signal: "ResourceSlice spec.driver per node, DeviceClass list; CDI support of the runtime is not exposed",
    judge({ resourceSlices, deviceClasses, nodes }, context) {
      if (resourceSlices.length === 0) return notMet("no-driver", {}, [context.saw("resourceSlices", "", "0 slices")]);
      if (deviceClasses.length === 0) return notMet("no-class", {}, [context.saw("deviceClasses", "", "0 classes")]);
      const withSlices = new Set(resourceSlices.map((slice) => slice.nodeName));
      const isForAll = resourceSlices.some((slice) => slice.nodeName === null);
      const without = new EvidenceList();
      let of = 0;
      let fit = 0;
      for (const node of nodes) {
        const hasSlice = withSlices.has(node.name);
        const plugin = Object.entries(node.allocatable.extended).find(
          ([name, count]) => count > 0 && isDeviceResource(name),
        );
        if (!hasSlice && plugin === undefined) continue;
        of += 1;
        if (hasSlice) fit += 1;
        else without.add(() => context.saw("nodes", `node/${node.name}`, `${plugin?.[0]} by device plugin, no slice`));
      }
      // Devices that hang on no node (network-attached pools) are ready for every node.
      if (of === 0 && isForAll) return share(1, 1, "nodes-with-slices", []);
      return share(fit, of, "nodes-with-slices", without, {}, "no-driver");
    },
  }),
  adopted: rule({
    needs: ["pods"],
    signal: "pod spec.resourceClaims, status.extendedResourceClaimStatus ÷ pods that request any device",
    judge({ pods }, context) {
      const tally = new Tally(context.team, "pods");
      for (const [template, group] of podsByTemplate(context, pods)) {
        const claims = template.resourceClaims.length > 0;
        const asks =
          claims ||
          template.containers.some((container) => Object.keys(container.limits.extended).some(isDeviceResource));
        if (!asks && group.every((pod) => pod.extendedResourceClaimName === null)) continue;
        for (const pod of group) {
          if (!isFinished(pod)) tally.add(pod.namespace, pod.labels, claims || pod.extendedResourceClaimName !== null);
        }
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["resourceClaims"],
    signal: "ResourceClaim status.allocation and status.reservedFor",
    judge({ resourceClaims }, context) {
      if (resourceClaims.length === 0) return notApplicable("no-claims");
      const idle = new EvidenceList();
      for (const claim of resourceClaims) {
        if (isHeld(claim)) continue;
        const observed = claim.allocation === null ? "not allocated" : "allocated, reservedFor is empty";
        idle.add(() => context.saw("resourceClaims", `claim/${claim.namespace}/${claim.name}`, observed));
      }
      return share(resourceClaims.length - idle.total, resourceClaims.length, "claims-allocated", idle);
    },
  }),
  blockers: [
    rule({
      needs: ["resourceClaims", "deviceClasses"],
      wants: ["pods"],
      signal: "pod condition PodScheduled",
      judge: pendingClaims,
    }),
    rule({
      needs: ["resourceClaims", "resourceSlices"],
      signal: "claims against slices",
      judge({ resourceClaims, resourceSlices }, context) {
        const publishing = new Set(resourceSlices.map((slice) => slice.driver));
        const gone = new Map<string, ResourceClaimFacts>();
        const idle = new EvidenceList();
        for (const claim of resourceClaims) {
          for (const result of claim.allocation ?? [])
            if (!publishing.has(result.driver)) gone.set(result.driver, claim);
          if (claim.allocation !== null && claim.reservedFor.length === 0) {
            idle.add(() =>
              context.saw("resourceClaims", `claim/${claim.namespace}/${claim.name}`, "reservedFor is empty"),
            );
          }
        }
        const incomplete = countDevices(resourceSlices, resourceClaims).filter((pool) => !pool.isComplete);
        const lost = [...gone].map(([driver, claim]) =>
          context.saw("resourceSlices", driver, `no slice, yet ${claim.namespace}/${claim.name} is allocated`),
        );
        return [
          ...(lost.length > 0
            ? [blocker("driver-gone", "blocking", lost, { example: [...gone.keys()][0] ?? "" })]
            : []),
          ...(incomplete.length > 0
            ? [
                blocker(
                  "pool-incomplete",
                  "warning",
                  incomplete.map((pool) =>
                    context.saw("resourceSlices", `${pool.driver}/${pool.pool}`, "slices missing"),
                  ),
                ),
              ]
            : []),
          ...(idle.total > 0 ? [blocker("claim-idle", "info", idle)] : []),
        ];
      },
    }),
    rule({
      needs: ["nodes", "resourceSlices"],
      signal: "node status.allocatable against slices of the same vendor",
      judge({ nodes, resourceSlices }, context) {
        const known = nodesByName(context, nodes);
        const double = new Map<string, string>();
        for (const slice of resourceSlices) {
          const node = slice.nodeName === null ? undefined : known.get(slice.nodeName);
          if (node === undefined || slice.devices.length === 0) continue;
          for (const [name, count] of Object.entries(node.allocatable.extended)) {
            // "gpu.nvidia.com" (driver) and "nvidia.com/gpu" (plugin) end in the same registered domain.
            if (count > 0 && isDeviceResource(name) && slice.driver.endsWith(name.slice(0, name.indexOf("/")))) {
              double.set(node.name, `${slice.driver} and ${name}`);
            }
          }
        }
        const evidence = [...double].map(([node, what]) => context.saw("nodes", `node/${node}`, what));
        return evidence.length > 0 ? [blocker("double-offer", "warning", evidence)] : [];
      },
    }),
    rule({
      needs: ["events"],
      signal: "event FailedPrepareDynamicResources",
      judge({ events }, context) {
        const failed = events.filter((event) => event.reason === "FailedPrepareDynamicResources");
        const evidence = failed.map((event) =>
          context.saw("events", `pod/${event.involved.namespace}/${event.involved.name}`, event.message.slice(0, 200)),
        );
        return evidence.length > 0 ? [blocker("prepare-failed", "blocking", evidence)] : [];
      },
    }),
  ],
  objects: rule({
    needs: ["resourceClaims", "resourceSlices"],
    wants: ["nodes", "pods"],
    signal: "claims and slices",
    judge({ resourceClaims, resourceSlices, nodes, pods }) {
      const waiting = new ObjectCollector("pending-claims");
      const owners = new Map(
        (pods ?? []).filter((pod) => pod.phase === "Pending").map((pod) => [`${pod.namespace}/${pod.name}`, pod]),
      );
      for (const claim of resourceClaims) {
        if (claim.allocation !== null) continue;
        const cause = messageOf(owners.get(`${claim.namespace}/${claim.ownerPod}`)) ?? "no message";
        waiting.add("ResourceClaim", claim.namespace, claim.name, "cause", { cause });
      }
      const pools = new ObjectCollector("device-pools");
      for (const pool of countDevices(resourceSlices, resourceClaims, nodes ?? [])) {
        const params = { allocated: pool.allocatedCount, total: pool.totalCount, free: pool.freeCount ?? "–" };
        pools.add("DevicePool", "", `${pool.driver}/${pool.pool}`, "pool", params);
      }
      return [waiting.toList(), pools.toList()];
    },
  }),
});

function isHeld(claim: ResourceClaimFacts): boolean {
  return claim.allocation !== null && claim.reservedFor.length > 0;
}

function messageOf(pod: PodFacts | undefined): string | null {
  const scheduled = pod?.conditions.find(
    (condition) => condition.type === "PodScheduled" && condition.status === "False",
  );
  return scheduled === undefined || scheduled.message === "" ? null : scheduled.message.slice(0, 300);
}

type ClaimFacts = {
  readonly resourceClaims: readonly ResourceClaimFacts[];
  readonly deviceClasses: readonly { readonly name: string }[];
  readonly pods: readonly PodFacts[] | null;
};

/** Why claims wait: a class that is missing, no device that fits (the scheduler's words), or not told. */
function pendingClaims({ resourceClaims, deviceClasses, pods }: ClaimFacts, context: CheckContext): Blocker[] {
  const classes = new Set(deviceClasses.map((entry) => entry.name));
  const waiting = resourceClaims.filter(
    (claim) =>
      claim.allocation === null &&
      (claim.createdAt === null || context.now.getTime() - claim.createdAt.getTime() > PENDING_GRACE_SECONDS * 1000),
  );
  if (waiting.length === 0) return [];
  const owners = new Map(
    (pods ?? []).filter((pod) => pod.phase === "Pending").map((pod) => [`${pod.namespace}/${pod.name}`, pod]),
  );
  const found = new Map<string, { evidence: EvidenceList; example: string }>();
  for (const claim of waiting) {
    const missing = claim.requests.find(
      (request) => request.deviceClassName !== null && !classes.has(request.deviceClassName),
    );
    const message = messageOf(owners.get(`${claim.namespace}/${claim.ownerPod}`));
    const key =
      missing !== undefined || /device class .* does not exist/.test(message ?? "")
        ? "claim-no-class"
        : /cannot allocate all claims/.test(message ?? "")
          ? "claim-no-device"
          : "claim-waiting";
    const entry = found.get(key) ?? { evidence: new EvidenceList(), example: `${claim.namespace}/${claim.name}` };
    const observed =
      message ?? (missing === undefined ? "not allocated" : `class ${missing.deviceClassName} is missing`);
    entry.evidence.add(() => context.saw("resourceClaims", `claim/${claim.namespace}/${claim.name}`, observed));
    found.set(key, entry);
  }
  return [...found].map(([key, { evidence, example }]) => blocker(key, "blocking", evidence, { example }));
}
