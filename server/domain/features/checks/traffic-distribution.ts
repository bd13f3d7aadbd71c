import { isAtLeast } from "../../gates/version.ts";
import type { EndpointFacts, EndpointSliceFacts, ServiceFacts } from "../../snapshot.ts";
import { slicesByService } from "../cluster-index.ts";
import { type CheckContext, defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, EvidenceList, ObjectCollector, share, Tally } from "../judgement.ts";
import type { Blocker } from "../types.ts";

const GATE = "ServiceTrafficDistribution";
const PREFER_SAME_GATE = "PreferSameTrafficDistribution";
const CONTROLLER = "endpointslice-controller.k8s.io";

export const trafficDistribution = defineCheck({
  id: "traffic-distribution",
  kind: "adoptable",
  gates: [GATE, PREFER_SAME_GATE],
  docsUrl: "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution",
  words: {
    en: {
      title: "Service traffic distribution",
      why: "Traffic stays in its zone or on its node: less latency, a smaller transfer bill.",
      sentences: {
        "nodes-with-zone":
          "{met} of {of} {of|node|nodes} {met|carries|carry} a zone; a node without one ignores zone hints.",
        "no-nodes": "There is no node.",
        "hints-work":
          "{met} of {of} {of|Service|Services} {met|has|have} hints on every ready endpoint and an endpoint in each zone with nodes.",
        unhinted:
          "{count} {count|Service|Services} {count|has|have} ready endpoints without hints, which turns the preference off everywhere ({example}).",
        "zone-empty":
          "{count} {count|Service|Services} {count|has|have} no endpoint in some zone: all traffic there crosses zones ({example}).",
        "annotation-wins":
          "{count} {count|Service|Services} {count|carries|carry} topology-mode, which overrides the field ({example}).",
        "headless-set": "{count} headless {count|Service|Services} {count|sets|set} it to no effect ({example}).",
        "own-slices":
          "{count} {count|Service|Services} {count|uses|use} slices of {count|its|their} own making, which get no hints ({example}).",
        "prefer-close-deprecated":
          "{count} {count|Service|Services} {count|uses|use} PreferClose, deprecated since 1.36: PreferSameZone means the same.",
        "mixed-values": "Values differ between Services: {values}.",
        "prefer-same-off":
          "{count} {count|Service|Services} {count|asks|ask} for PreferSameZone or PreferSameNode while that gate is off.",
        "proxy-not-seen": "No kube-proxy pod is visible; whether this data plane honours hints is not observable.",
        "services-set": "Services that set it",
        "services-candidates": "Services that could set it",
        "services-weak": "Services where it does not work as meant",
        value: "{value}",
        "ready-endpoints": "{endpoints} ready endpoints in {zones} zones",
        "weak-because": "{unhinted} endpoints without hints; zones without endpoint: {zones}",
      },
    },
    zh: {
      title: "Service 流量分布",
      why: "流量留在本可用区或本节点：延迟更低，跨区费用更少。",
      sentences: {
        "nodes-with-zone": "{of} 个节点中有 {met} 个带有可用区标签；没有标签的节点会忽略可用区提示。",
        "no-nodes": "没有节点。",
        "hints-work": "{of} 个 Service 中有 {met} 个的全部就绪端点都有提示，且每个有节点的可用区都有端点。",
        unhinted: "{count} 个 Service 存在没有提示的就绪端点，偏好因此处处失效（{example}）。",
        "zone-empty": "{count} 个 Service 在某些可用区没有端点：该区流量全部跨区（{example}）。",
        "annotation-wins": "{count} 个 Service 带有 topology-mode 注解，它会覆盖该字段（{example}）。",
        "headless-set": "{count} 个无头 Service 设置了该字段但无效果（{example}）。",
        "own-slices": "{count} 个 Service 使用自建切片，不会得到提示（{example}）。",
        "prefer-close-deprecated": "{count} 个 Service 使用自 1.36 起弃用的 PreferClose：与 PreferSameZone 含义相同。",
        "mixed-values": "各 Service 的取值不同：{values}。",
        "prefer-same-off": "{count} 个 Service 请求 PreferSameZone 或 PreferSameNode，但该门控已关闭。",
        "proxy-not-seen": "看不到 kube-proxy Pod；无法观察此数据平面是否遵循提示。",
        "services-set": "已设置的 Service",
        "services-candidates": "可以设置的 Service",
        "services-weak": "未按预期工作的 Service",
        value: "{value}",
        "ready-endpoints": "{zones} 个可用区中有 {endpoints} 个就绪端点",
        "weak-because": "{unhinted} 个端点没有提示；没有端点的可用区：{zones}",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes"],
    signal: "node label topology.kubernetes.io/zone",
    judge({ nodes }, context) {
      const without = new EvidenceList();
      for (const node of nodes)
        if (node.zone === null) without.add(() => context.saw("nodes", `node/${node.name}`, "no zone"));
      return share(nodes.length - without.total, nodes.length, "nodes-with-zone", without, {}, "no-nodes");
    },
  }),
  adopted: rule({
    needs: ["services", "endpointSlices"],
    signal: "Service spec.trafficDistribution ÷ Services with 2 or more ready endpoints in 2 or more zones",
    judge({ services, endpointSlices }, context) {
      const tally = new Tally(context.team, "services");
      const slices = slicesByService(context, endpointSlices);
      for (const service of services) {
        const isSet = service.trafficDistribution !== null && !service.isHeadless;
        if (isSet || isCandidate(service, readyEndpoints(slices, service))) {
          tally.add(service.namespace, service.labels, isSet);
        }
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["services", "endpointSlices", "nodes"],
    signal: "EndpointSlice endpoints[].hints on every ready endpoint, per zone; use by the proxy: not exposed",
    judge({ services, endpointSlices, nodes }, context) {
      const slices = slicesByService(context, endpointSlices);
      const zones = zonesOf(nodes);
      const weak = new EvidenceList();
      let of = 0;
      for (const service of services) {
        if (service.trafficDistribution === null || service.isHeadless) continue;
        of += 1;
        const flaw = findFlaw(readyEndpoints(slices, service), zones);
        if (flaw !== null) {
          const observed = `${flaw.unhinted} of ${flaw.total} ready endpoints without hints, zones without endpoint: ${flaw.emptyZones.join(", ") || "none"}`;
          weak.add(() => context.saw("endpointSlices", `service/${service.namespace}/${service.name}`, observed));
        }
      }
      return share(of - weak.total, of, "hints-work", weak, {}, "nothing-adopted");
    },
  }),
  blockers: [
    rule({ needs: ["services", "endpointSlices", "nodes"], signal: "fields, annotations and hints", judge: findings }),
    rule({
      needs: ["pods", "services"],
      signal: "kube-proxy pods",
      judge({ pods, services }) {
        if (!services.some((service) => service.trafficDistribution !== null)) return [];
        const hasProxy = pods.some((pod) => pod.namespace === "kube-system" && pod.name.startsWith("kube-proxy"));
        return hasProxy ? [] : [blocker("proxy-not-seen", "info", [], {}, 1)];
      },
    }),
  ],
  objects: rule({
    needs: ["services", "endpointSlices", "nodes"],
    signal: "Services and their slices",
    judge({ services, endpointSlices, nodes }, context) {
      const slices = slicesByService(context, endpointSlices);
      const zones = zonesOf(nodes);
      const set = new ObjectCollector("services-set");
      const candidates = new ObjectCollector("services-candidates");
      const weak = new ObjectCollector("services-weak");
      for (const service of services) {
        const ready = readyEndpoints(slices, service);
        if (service.trafficDistribution === null) {
          if (isCandidate(service, ready)) {
            const params = { endpoints: ready.length, zones: new Set(ready.map((endpoint) => endpoint.zone)).size };
            candidates.add("Service", service.namespace, service.name, "ready-endpoints", params);
          }
          continue;
        }
        set.add("Service", service.namespace, service.name, "value", { value: service.trafficDistribution });
        const flaw = findFlaw(ready, zones);
        if (flaw !== null) {
          const params = { unhinted: flaw.unhinted, zones: flaw.emptyZones.join(", ") || "–" };
          weak.add("Service", service.namespace, service.name, "weak-because", params);
        }
      }
      return [weak.toList(), set.toList(), candidates.toList()];
    },
  }),
});

type Slices = ReadonlyMap<string, readonly EndpointSliceFacts[]>;

function readyEndpoints(slices: Slices, service: ServiceFacts): EndpointFacts[] {
  const own = slices.get(`${service.namespace}/${service.name}`);
  if (own === undefined) return [];
  // Dual-stack Services list every pod once per family; one family tells all.
  const family = own.some((slice) => slice.addressType === "IPv4") ? "IPv4" : own[0]?.addressType;
  const ready: EndpointFacts[] = [];
  for (const slice of own) {
    if (slice.addressType !== family) continue;
    for (const endpoint of slice.endpoints) if (endpoint.isReady && !endpoint.isTerminating) ready.push(endpoint);
  }
  return ready;
}

/** One endpoint or one zone gains nothing; headless, external and node-local Services cannot use it. */
function isCandidate(service: ServiceFacts, ready: readonly EndpointFacts[]): boolean {
  if (service.isHeadless || service.type === "ExternalName" || service.internalTrafficPolicy === "Local") return false;
  if (Object.keys(service.selector).length === 0 || ready.length < 2) return false;
  const zone = ready[0]?.zone;
  return zone !== null && ready.some((endpoint) => endpoint.zone !== null && endpoint.zone !== zone);
}

function zonesOf(nodes: readonly { readonly zone: string | null }[]): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => (node.zone === null ? [] : [node.zone])));
}

type Flaw = { readonly unhinted: number; readonly total: number; readonly emptyZones: readonly string[] };

/** `null` = works as meant: every ready endpoint hinted, every zone with nodes served by one. */
function findFlaw(ready: readonly EndpointFacts[], zones: ReadonlySet<string>): Flaw | null {
  let unhinted = 0;
  const served = new Set<string>();
  for (const endpoint of ready) {
    if (endpoint.hintZones === null || endpoint.hintZones.length === 0) unhinted += 1;
    else for (const zone of endpoint.hintZones) served.add(zone);
  }
  const emptyZones = [...zones].filter((zone) => !served.has(zone)).sort();
  return unhinted === 0 && emptyZones.length === 0 && ready.length > 0
    ? null
    : { unhinted, total: ready.length, emptyZones };
}

type TrafficFacts = {
  readonly services: readonly ServiceFacts[];
  readonly endpointSlices: readonly EndpointSliceFacts[];
  readonly nodes: readonly { readonly zone: string | null }[];
};

function findings({ services, endpointSlices, nodes }: TrafficFacts, context: CheckContext): Blocker[] {
  const slices = slicesByService(context, endpointSlices);
  const zones = zonesOf(nodes);
  const found = new Map<string, { list: EvidenceList; example: string }>();
  const add = (key: string, service: ServiceFacts, observed: string): void => {
    const name = `${service.namespace}/${service.name}`;
    const entry = found.get(key) ?? { list: new EvidenceList(), example: name };
    entry.list.add(() => context.saw("services", `service/${name}`, observed));
    found.set(key, entry);
  };
  const values = new Map<string, number>();
  const preferSame = context
    .gate(PREFER_SAME_GATE)
    ?.cells.some((cell) => cell.isConsulted !== false && cell.state === "off");
  for (const service of services) {
    const value = service.trafficDistribution;
    if (value === null) continue;
    values.set(value, (values.get(value) ?? 0) + 1);
    if (service.isHeadless) {
      add("headless-set", service, "clusterIP: None");
      continue;
    }
    const own = slices.get(`${service.namespace}/${service.name}`) ?? [];
    if (service.topologyModeAnnotation !== null && /^auto$/i.test(service.topologyModeAnnotation)) {
      add("annotation-wins", service, `topology-mode: ${service.topologyModeAnnotation}`);
    }
    if (own.some((slice) => slice.managedBy !== null && slice.managedBy !== CONTROLLER)) {
      add("own-slices", service, `managed by ${own.find((slice) => slice.managedBy !== CONTROLLER)?.managedBy}`);
    }
    if (value === "PreferClose" && context.minor !== null && isAtLeast(context.minor, "1.36") === true) {
      add("prefer-close-deprecated", service, value);
    }
    if (value !== "PreferClose" && preferSame === true) add("prefer-same-off", service, value);
    const ready = readyEndpoints(slices, service);
    const flaw = findFlaw(ready, zones);
    if (flaw !== null && flaw.unhinted > 0)
      add("unhinted", service, `${flaw.unhinted} of ${flaw.total} ready endpoints`);
    if (flaw !== null && flaw.unhinted < flaw.total && flaw.emptyZones.length > 0)
      add("zone-empty", service, flaw.emptyZones.join(", "));
  }
  const severe = new Set(["unhinted", "zone-empty", "annotation-wins", "prefer-same-off"]);
  const blockers = [...found].map(([key, { list, example }]) =>
    blocker(key, severe.has(key) ? "warning" : "info", list, { example }),
  );
  if (values.size > 1) {
    const text = [...values]
      .sort()
      .map(([value, count]) => `${value} ${count}`)
      .join(", ");
    blockers.push(blocker("mixed-values", "info", [context.saw("services", "", text)], { values: text }));
  }
  return blockers;
}
