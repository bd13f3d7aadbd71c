import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  declaredCapability,
  FLOW_ADAPTER_NAMES,
  type FlowReading,
  type FlowSample,
} from "../../domain/network/flow-sample.ts";
import { type FlowContext, type PrometheusFlowAdapter, toFlowReading } from "./flows.ts";
import { toNodeResolver } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

/** Series of one metric of a sample page; the running total stands for the rate, which keeps every proportion. */
function rowsOf(file: string, metric: string): InstantSample[] {
  const text = readFileSync(join(import.meta.dirname, "fixtures", file), "utf8");
  return text.split("\n").flatMap((line) => {
    const match = /^(\w+)\{(.*)\} (\S+)$/.exec(line);
    if (match?.[1] !== metric) return [];
    const labels = [...(match[2] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name ?? "",
      value ?? "",
    ]);
    // Prometheus knows no empty label.
    const kept = labels.filter(([, value]) => value !== "");
    return [{ labels: Object.fromEntries(kept), value: Number(match[3]) }];
  });
}

const NODES = [
  { name: "kind-worker", addresses: [{ type: "InternalIP", address: "172.18.0.3" }] },
  { name: "kind-worker2", addresses: [{ type: "InternalIP", address: "172.18.0.4" }] },
  { name: "kind-control-plane", addresses: [{ type: "InternalIP", address: "172.18.0.2" }] },
];
const PODS: Readonly<Record<string, { readonly kind: string; readonly name: string; readonly node: string }>> = {
  "shop/web-7d4cf4f754-2j8vw": { kind: "Deployment", name: "web", node: "node-a" },
  "shop/api-1": { kind: "Deployment", name: "api", node: "node-b" },
  "namespace1/pod1": { kind: "DaemonSet", name: "one", node: "node-a" },
};
const ZONES: Readonly<Record<string, string>> = { "node-a": "us-east-1a", "node-b": "us-east-1b" };
const podOwner: FlowContext["podOwner"] = (namespace, pod) => {
  const found = PODS[`${namespace}/${pod}`];
  return found === undefined
    ? null
    : {
        workload: { kind: found.kind, namespace, name: found.name },
        nodeName: found.node,
        isHostNetwork: false,
        holdsDevice: false,
      };
};
const context: FlowContext = {
  resolveNode: toNodeResolver(NODES, podOwner),
  podOwner,
  zoneOfNode: (node) => ZONES[node] ?? null,
  // The address of a pod on the host's network names nobody, so only this one is known.
  podByIp: (address) => (address === "10.40.1.5" ? { namespace: "shop", pod: "api-1" } : null),
};
const read = (adapter: PrometheusFlowAdapter, parts: Readonly<Record<string, InstantSample[]>>): FlowReading =>
  toFlowReading(adapter, new Map(Object.entries(parts)), context);
const line = ({ source, target, scope, basis, bytesPerSecond }: FlowSample) =>
  `${source.name || "?"}@${source.zone ?? "?"} > ${target.name || "?"}@${target.zone ?? "?"} ${scope} ${basis} ${bytesPerSecond}`;
const lines = (reading: FlowReading) => reading.samples.map(line).sort();

describe("Beyla, OpenTelemetry eBPF", () => {
  const rows = rowsOf("beyla-network-zones.prom", "beyla_network_flow_bytes_total");
  it("counts the report of the sender's node and drops the copy at the Service's address", () => {
    const reading = read("beyla", { beyla: rows });
    expect(lines(reading)).toEqual([
      "httppinger@client-zone > testserver@server-zone cross-zone sender-node 84210",
      "kind-worker2@server-zone > kind-control-plane@control-plane-zone cross-zone sender-node 20596",
      "kind-worker@client-zone > kind-control-plane@control-plane-zone cross-zone sender-node 20596",
      "testserver@server-zone > httppinger@client-zone cross-zone sender-node 391877",
    ]);
    expect(reading).toMatchObject({ capability: "pair-with-zones", serviceCopyCount: 1, samplingRate: null });
  });
  it("halves what both ends reported when nobody says whose report it is", () => {
    const bare = rows.map(({ labels, value }) => {
      const { beyla_ip: _agent, k8s_src_node_name: _node, ...rest } = labels;
      return { labels: rest, value };
    });
    const pinger = read("obi", { obi: bare }).samples.find((flow) => flow.source.name === "httppinger");
    expect(pinger).toMatchObject({ basis: "halved", bytesPerSecond: 84210 });
  });
  it("says pairs only when no zone label was selected, and prices none of it", () => {
    const bare = rows.map(({ labels, value }) => {
      const { src_zone: _source, dst_zone: _target, ...rest } = labels;
      return { labels: rest, value };
    });
    const reading = read("beyla", { beyla: bare });
    expect(reading.capability).toBe("pair");
    expect(new Set(reading.samples.map((flow) => flow.scope))).toEqual(new Set(["unknown"]));
  });
});

describe("NetObserv", () => {
  const ingress = rowsOf("netobserv-workload-zones.prom", "netobserv_workload_ingress_bytes_total");
  it("counts ingress inside the cluster, multiplied by the sampling rate, without the Service's copy", () => {
    const reading = read("netobserv", { ingress, samplingRate: [{ labels: {}, value: 50 }] });
    expect(lines(reading)).toEqual([
      `console@us-east-1b > router-default@us-east-1b same-zone counted-once ${27613 * 50}`,
      `flowlogs-pipeline@us-east-1b > loki@us-east-1a cross-zone counted-once ${21571 * 50}`,
      `loki@us-east-1a > flowlogs-pipeline@us-east-1b cross-zone counted-once ${18550 * 50}`,
      `router-default@us-east-1a > console@us-east-1a same-zone counted-once ${24592 * 50}`,
    ]);
    expect(reading).toMatchObject({ capability: "pair-with-zones", serviceCopyCount: 1, samplingRate: 50 });
  });
  it("says pairs only without addZone", () => {
    const bare = ingress.map(({ labels, value }) => {
      const { SrcK8S_Zone: _source, DstK8S_Zone: _target, ...rest } = labels;
      return { labels: rest, value };
    });
    expect(read("netobserv", { ingress: bare }).capability).toBe("pair");
  });
});

describe("Coroot node agent", () => {
  const sent = rowsOf("coroot-node-agent-kubernetes.prom", "container_net_tcp_bytes_sent_total");
  const received = rowsOf("coroot-node-agent-kubernetes.prom", "container_net_tcp_bytes_received_total");
  it("takes both directions from the side that opened the connection; an address of nobody stays visible", () => {
    const reading = read("coroot", { sent, received });
    expect(lines(reading)).toEqual([
      "?@? > web@us-east-1a unknown counted-once 734003200",
      "api@us-east-1b > web@us-east-1a cross-zone counted-once 5242880",
      "web@us-east-1a > ?@? unknown counted-once 20480",
      "web@us-east-1a > api@us-east-1b cross-zone counted-once 104857600",
    ]);
    expect(reading.capability).toBe("pair-with-zones");
  });
  it("says pairs only when no address leads to a pod with a zone", () => {
    const nowhere = { ...context, podByIp: () => null };
    expect(toFlowReading("coroot", new Map([["sent", sent]]), nowhere).capability).toBe("pair");
  });
});

describe("network-costs of OpenCost and Kubecost", () => {
  it("tells the sender and how far its bytes went, in both spellings", () => {
    const egress = rowsOf("kubecost-network-costs-variants.prom", "kubecost_pod_network_egress_bytes_total");
    const reading = read("network-costs", { egress });
    expect(lines(reading)).toEqual([
      "one@us-east-1a > ?@? cross-region counted-once 120000",
      "one@us-east-1a > ?@? cross-zone counted-once 8742897",
      "pod3@? > ?@? cross-zone counted-once 5000000",
      "pod3@? > ?@? same-zone counted-once 7000000",
    ]);
    expect(reading.capability).toBe("source-only");
  });
  it("leaves the reach unknown where a flag is missing", () => {
    const egress = [{ labels: { pod_name: "pod1", namespace: "namespace1", internet: "false" }, value: 1 }];
    expect(read("network-costs", { egress }).samples[0]?.scope).toBe("unknown");
  });
});

it("no adapter says more than it declares", () => {
  const order = ["source-only", "pair", "pair-with-zones"];
  for (const adapter of FLOW_ADAPTER_NAMES) expect(order).toContain(declaredCapability(adapter));
  const reading = read("network-costs", { egress: [] });
  expect(order.indexOf(reading.capability)).toBeLessThanOrEqual(
    order.indexOf(declaredCapability("network-costs") ?? ""),
  );
  expect(declaredCapability("hubble")).toBeNull();
});
