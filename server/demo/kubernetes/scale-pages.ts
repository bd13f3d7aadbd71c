import { gzipSync } from "node:zlib";
import { SCALE_NODES, SCALE_PODS, SCALE_REPLICAS } from "../fleet/scale.ts";
import type { DemoCluster, DemoPod } from "../fleet/types.ts";
import { hexDigits } from "../random.ts";
import { serviceObjects } from "./network-objects.ts";
import { nodeObject } from "./node-objects.ts";
import { type JsonObject, resourceVersionAt } from "./object.ts";
import { podObject, replicaSetUid } from "./pod-objects.ts";
import { resourcesOf } from "./resources.ts";
import { deploymentObjects, replicaSetObjects } from "./workload-objects.ts";

/** Items per stored page: what collectors ask for. */
export const SCALE_PAGE_SIZE = 500;

/** A list as finished, compressed pages; nothing of the objects stays in memory. */
export type StoredList = { readonly kind: string; readonly pages: readonly Buffer[]; readonly count: number };

/**
 * The big cluster's lists, stamped page by page from the pattern's objects: a page is built, compressed and forgotten
 * before the next one begins, so memory holds the compressed pages and one page in the making.
 */
export function buildScaleLists(pattern: DemoCluster, seconds: number): Map<string, StoredList> {
  const lists = new Map<string, StoredList>();
  const version = resourceVersionAt(seconds);
  const add = (path: string, kind: string, apiVersion: string, count: number, item: (index: number) => string) => {
    lists.set(path, { kind, count, pages: storePages(kind, apiVersion, version, count, item) });
  };
  const workloads = Math.ceil(SCALE_PODS / SCALE_REPLICAS);
  const pods = pattern.pods.map((pod) => podStamp(pattern, pod, seconds));
  const nodes = pattern.nodes.map((node) =>
    stampOf(nodeObject(pattern, node, 10_250, seconds), { name: node.name, uid: node.uid, address: node.address }),
  );
  const deployments = deploymentObjects(pattern).map((one, index) => workloadStamp(one, pattern, index));
  const replicaSets = replicaSetObjects(pattern).map((one, index) => workloadStamp(one, pattern, index));
  const services = serviceObjects(pattern).map((one, index) => workloadStamp(one, pattern, index));

  add("/api/v1/nodes", "NodeList", "v1", SCALE_NODES, (index) =>
    at(nodes, index).fill(nodeValues(index, at(pattern.nodes, index).pool)),
  );
  add("/api/v1/pods", "PodList", "v1", SCALE_PODS, (index) => {
    const workload = Math.floor(index / SCALE_REPLICAS);
    return at(pods, workload).fill(podValues(pattern, workload, index));
  });
  const named = (stamps: readonly Stamp[]) => (index: number) => at(stamps, index).fill(workloadValues(index));
  add("/apis/apps/v1/deployments", "DeploymentList", "apps/v1", workloads, named(deployments));
  add("/apis/apps/v1/replicasets", "ReplicaSetList", "apps/v1", workloads, named(replicaSets));
  add("/api/v1/services", "ServiceList", "v1", workloads, named(services));
  add("/apis/discovery.k8s.io/v1/endpointslices", "EndpointSliceList", "discovery.k8s.io/v1", workloads, (index) =>
    JSON.stringify(endpointSlice(pattern, index)),
  );
  for (const resource of resourcesOf(pattern)) {
    const groupVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
    const path = `${resource.group === "" ? "/api" : "/apis"}/${groupVersion}/${resource.resource}`;
    if (lists.has(path)) continue;
    const objects = resource.objects({ cluster: pattern, seconds, kubeletPort: 10_250 });
    add(path, `${resource.kind}List`, groupVersion, objects.length, (index) => JSON.stringify(objects[index]));
  }
  return lists;
}

function storePages(
  kind: string,
  apiVersion: string,
  version: string,
  count: number,
  item: (index: number) => string,
): Buffer[] {
  const pages: Buffer[] = [];
  for (let start = 0; start < Math.max(1, count); start += SCALE_PAGE_SIZE) {
    const end = Math.min(count, start + SCALE_PAGE_SIZE);
    const items: string[] = [];
    for (let index = start; index < end; index += 1) items.push(item(index));
    const metadata: JsonObject = {
      resourceVersion: version,
      ...(end >= count ? {} : { continue: `at-${end}`, remainingItemCount: count - end }),
    };
    pages.push(
      gzipSync(
        `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${items.join(",")}]}\n`,
        { level: 1 },
      ),
    );
  }
  return pages;
}

/** An object's JSON cut at the places that differ from copy to copy. */
class Stamp {
  private readonly parts: readonly (string | { readonly key: string })[];

  constructor(text: string, values: Readonly<Record<string, string>>) {
    let parts: (string | { readonly key: string })[] = [text];
    for (const [key, value] of Object.entries(values)) {
      if (value === "") continue;
      parts = parts.flatMap((part) => {
        if (typeof part !== "string") return [part];
        return part.split(value).flatMap((piece, index) => (index === 0 ? [piece] : [{ key }, piece]));
      });
    }
    this.parts = parts;
  }

  fill(values: Readonly<Record<string, string>>): string {
    return this.parts.map((part) => (typeof part === "string" ? part : (values[part.key] ?? ""))).join("");
  }
}

function stampOf(object: JsonObject, values: Readonly<Record<string, string>>): Stamp {
  return new Stamp(JSON.stringify(object), values);
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error("an empty pattern");
  return found;
}

function nodeValues(index: number, pool: string): Record<string, string> {
  return {
    name: scaleNodeName(index, pool),
    uid: scaleUid(`n${index}`),
    address: `10.${64 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) + 1}`,
  };
}

/** Names keep the pool in them, so a node page can be drawn from its name alone. */
export function scaleNodeName(index: number, pool: string): string {
  return `scale-${pool}-${String(index).padStart(4, "0")}`;
}

function scaleUid(key: string): string {
  const hex = hexDigits(7, key, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** 30 pods a node, pod after pod round the nodes of the pattern's pool. */
export function nodeOfPod(pattern: DemoCluster, workload: number, index: number): string {
  const wanted = at(pattern.pods, workload).node?.pool ?? "general";
  let node = (index * 7) % SCALE_NODES;
  while (at(pattern.nodes, node).pool !== wanted) node = (node + 1) % SCALE_NODES;
  return scaleNodeName(node, wanted);
}

function podStamp(pattern: DemoCluster, pod: DemoPod, seconds: number): Stamp {
  const { workload } = pod;
  return stampOf(podObject(pattern, pod, seconds), {
    pod: pod.name,
    set: `${workload.name}-${workload.hash}`,
    workload: workload.name,
    uid: pod.uid,
    setUid: replicaSetUid(workload, workload.hash),
    node: pod.node?.name ?? "",
    ip: pod.ip,
  });
}

function podValues(pattern: DemoCluster, workload: number, index: number): Record<string, string> {
  const name = workloadName(workload);
  const set = `${name}-${at(pattern.workloads, workload).hash}`;
  return {
    pod: `${set}-${String(index).padStart(6, "0")}`,
    set,
    workload: name,
    uid: scaleUid(`p${index}`),
    setUid: scaleUid(`r${workload}`),
    node: nodeOfPod(pattern, workload, index),
    ip: podAddress(index),
  };
}

function podAddress(index: number): string {
  return `10.${128 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

function workloadName(index: number): string {
  return `svc-${String(index).padStart(4, "0")}`;
}

function workloadStamp(object: JsonObject, pattern: DemoCluster, index: number): Stamp {
  const workload = at(pattern.workloads, index);
  return stampOf(object, {
    workload: workload.name,
    uid: workload.uid,
    setUid: replicaSetUid(workload, workload.hash),
  });
}

function workloadValues(index: number): Record<string, string> {
  return { workload: workloadName(index), uid: scaleUid(`w${index}`), setUid: scaleUid(`r${index}`) };
}

function endpointSlice(pattern: DemoCluster, workload: number): JsonObject {
  const name = workloadName(workload);
  const service = at(pattern.services, workload);
  const { namespace } = service;
  return {
    metadata: {
      name: `${name}-x2k4p`,
      generateName: `${name}-`,
      namespace,
      uid: scaleUid(`e${workload}`),
      resourceVersion: String(2000 + workload),
      generation: 3,
      labels: {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
    },
    addressType: "IPv4",
    endpoints: Array.from({ length: SCALE_REPLICAS }, (_, replica) => {
      const index = workload * SCALE_REPLICAS + replica;
      const values = podValues(pattern, workload, index);
      const zone = at(pattern.zones, replica);
      return {
        addresses: [podAddress(index)],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: "Pod", namespace, name: values.pod ?? "", uid: values.uid ?? "" },
        nodeName: values.node ?? "",
        zone,
        ...(service.trafficDistribution === null ? {} : { hints: { forZones: [{ name: zone }] } }),
      };
    }),
    ports: [{ name: "", protocol: "TCP", port: 8080 }],
  };
}
