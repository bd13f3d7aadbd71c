import { afterEach, describe, expect, it } from "vitest";
import type { Reading } from "../../domain/reading.ts";
import type { NodeFacts, PodFacts } from "../../domain/snapshot.ts";
import { recordedItems, recordedJson, recordedText } from "../../testing/replay/recorded-cluster.ts";
import { type Replay, type ReplayOptions, startReplay } from "../../testing/replay/replay-server.ts";
import { API_CALLS } from "./api-calls.ts";
import { collectGates, nodesOfShare } from "./collect-gates.ts";
import { collectKubeletSummary } from "./collect-kubelet-summary.ts";
import { openConnection } from "./connection.ts";
import type { ClusterSourceConfig } from "./connection-config.ts";
import { Interner } from "./interner.ts";
import { projectNode } from "./project-node.ts";
import { projectPod } from "./project-pod.ts";

const replays: Replay[] = [];
afterEach(async () => {
  await Promise.all(replays.splice(0).map((replay) => replay.stop()));
});
async function replayOf(options: ReplayOptions = {}): Promise<Replay> {
  const replay = await startReplay(options);
  replays.push(replay);
  return replay;
}
const interner = new Interner();
const nodes: readonly NodeFacts[] = recordedItems("core-v1-nodes.json").map((item) => projectNode(item, interner));
const realNode = nodes.filter((node) => node.name === "real-node-a");

async function gatesOf(
  replay: Replay,
  config: Partial<ClusterSourceConfig>,
  given: readonly NodeFacts[] = nodes,
  pods: readonly PodFacts[] = [],
) {
  const connection = await openConnection(
    { name: "c", kubeconfig: replay.kubeconfigFile, ...config },
    { sleep: async () => undefined },
  );
  try {
    return await collectGates(connection, { nodes: given, pods });
  } finally {
    await connection.close();
  }
}
function valueIn<T>(reading: Reading<T>): T {
  if (reading.state !== "value") throw new Error(`expected a value, got ${JSON.stringify(reading)}`);
  return reading.value;
}
/** Gates as a plain search over the recorded text finds them. */
function gatesIn(file: string): Map<string, { isOn: boolean; stage: string }> {
  const found = new Map<string, { isOn: boolean; stage: string }>();
  for (const [, name = "", stage = "", value] of recordedText(file).matchAll(
    /^kubernetes_feature_enabled\{name="([^"]*)",stage="([^"]*)"\} (\d)$/gm,
  )) {
    found.set(name, { isOn: value === "1", stage: stage === "" ? "GA" : stage });
  }
  return found;
}
function controlPlane(replay: Replay): Partial<ClusterSourceConfig> {
  return {
    controlPlane: {
      controllerManager: `${replay.url}/replay/controller-manager/metrics`,
      scheduler: `${replay.url}/replay/scheduler/metrics`,
    },
  };
}

describe("the gates of the recorded cluster", () => {
  it("are what each component's own page says", async () => {
    const replay = await replayOf();
    const { parts } = await gatesOf(replay, { ...controlPlane(replay), kubelet: { access: "proxy" } });
    const components = valueIn(parts.components);
    for (const [component, file] of [
      ["kube-apiserver", "apiserver-metrics.txt"],
      ["kube-controller-manager", "kcm-metrics.txt"],
      ["kube-scheduler", "scheduler-metrics.txt"],
    ] as const) {
      const reading = components.filter((entry) => entry.component === component);
      expect(reading).toHaveLength(1);
      expect(new Map(reading[0]?.gates)).toEqual(gatesIn(file));
      expect(reading[0]).toMatchObject({ version: "1.34.9", source: "component-metrics", unread: null });
    }
    const kubelets = components.filter((entry) => entry.component === "kubelet");
    expect(kubelets).toHaveLength(nodes.length);
    const real = kubelets.find((entry) => entry.instance === "real-node-a");
    expect(new Map(real?.gates)).toEqual(gatesIn("kubelet-metrics.txt"));
    expect(Object.fromEntries(real?.explicit ?? [])).toEqual(
      (recordedJson("kubelet-configz.json").kubeletconfig as { featureGates: unknown }).featureGates,
    );
    expect(
      kubelets.filter((entry) => entry.gates === null).every((entry) => entry.unread?.reason === "unreachable"),
    ).toBe(true);
  });

  it("come with what the kubelet says of its node", async () => {
    const replay = await replayOf();
    const { parts, sources } = await gatesOf(replay, { kubelet: { access: "proxy" } });
    expect(valueIn(parts.kubelets)).toMatchObject([
      {
        nodeName: "real-node-a",
        cgroupVersion: 1,
        failSwapOn: false,
        swapBehavior: "NoSwap",
        failCgroupV1: false,
        memoryThrottlingFactor: 0.9,
        criLosingSupport: "1.36.0",
        pressureSeries: "all-zero",
      },
    ]);
    expect(parts.kubelets).toMatchObject({ partial: "1 of 25 nodes answered" });
    // the table of calls names every path that was asked (the probe asks without rights)
    const paths = new Set(
      API_CALLS.map((call) =>
        call.kind === "non-resource" ? call.path : call.resource === "nodes/proxy" ? "proxy" : "",
      ),
    );
    const asked = replay.requests.filter((request) => request.hasToken).map((request) => request.path);
    expect(asked.filter((path) => !paths.has(path.includes("/proxy/") ? "proxy" : path))).toEqual([]);
    expect(sources.find((source) => source.source === "kubelet:metrics")).toMatchObject({
      status: "partial",
      objectCount: 1,
      expectedCount: 25,
    });
  });

  it("come with the deprecated APIs in use, and how often they were asked for", async () => {
    const { parts } = await gatesOf(await replayOf(), {});
    let expected = 0;
    for (const [, labels = "", value] of recordedText("apiserver-metrics.txt").matchAll(
      /^apiserver_request_total\{([^}]*)\} (\S+)$/gm,
    )) {
      if (/group="",.*resource="endpoints",.*subresource="",.*version="v1"/.test(labels)) expected += Number(value);
    }
    expect(expected).toBeGreaterThan(0);
    expect(valueIn(parts.deprecatedApiUse)).toEqual([
      { group: "", version: "v1", resource: "endpoints", subresource: "", removedRelease: "", requestCount: expected },
    ]);
  });

  it("leave what nobody can see as instances with a reason", async () => {
    const { parts, sources } = await gatesOf(await replayOf(), { kubelet: { access: "off" } });
    const hidden = valueIn(parts.components).filter((entry) => entry.gates === null && entry.component !== "kubelet");
    expect(hidden.map((entry) => [entry.component, entry.unread?.reason])).toEqual([
      ["kube-controller-manager", "not-configured"],
      ["kube-scheduler", "not-configured"],
    ]);
    expect(
      sources
        .filter((source) => source.status === "skipped")
        .map((source) => source.fix?.code)
        .sort(),
    ).toEqual(["configure-control-plane", "configure-control-plane", "configure-kubelet-access"]);
  });

  it("leave kubelets to Prometheus where that is configured", async () => {
    const { parts } = await gatesOf(await replayOf(), { kubelet: { access: "prometheus" } });
    expect(valueIn(parts.components).some((entry) => entry.component === "kubelet")).toBe(false);
    expect(parts.kubelets).toMatchObject({ state: "unknown", reason: "not-configured" });
  });

  it("take explicit settings and versions from the arguments of the components' pods", async () => {
    const pod = (component: string, image: string, args: readonly string[]): PodFacts =>
      projectPod(
        {
          metadata: {
            name: `${component}-cp-1`,
            namespace: "kube-system",
            annotations: { "kubernetes.io/config.mirror": "x" },
          },
          spec: { nodeName: "cp-1", containers: [{ name: component, image, command: [component, ...args] }] },
        },
        interner,
        () => ({ kind: "Pod", namespace: "kube-system", name: component }),
      );
    const pods = [
      pod("kube-apiserver", "registry.k8s.io/kube-apiserver:v1.34.9", ["--feature-gates=NodeSwap=true,Foo=false"]),
      pod("kube-scheduler", "registry.example:5000/kube-scheduler:v1.33.1@sha256:abc", []),
    ];
    const { parts } = await gatesOf(await replayOf(), {}, [], pods);
    const components = valueIn(parts.components);
    const server = components.find((entry) => entry.component === "kube-apiserver");
    expect(server).toMatchObject({ instance: "cp-1", explicitSource: "mirror-pod-args", source: "component-metrics" });
    expect(Object.fromEntries(server?.explicit ?? [])).toEqual({ NodeSwap: true, Foo: false });
    expect(components.find((entry) => entry.component === "kube-scheduler")).toMatchObject({
      version: "1.33.1",
      explicit: new Map(),
      gates: null,
    });
  });

  it("take explicit settings from the structured flag page, newest form first, never from text", async () => {
    const flagz = { kind: "Flagz", apiVersion: "config.k8s.io/v1alpha1", flags: { "feature-gates": "A=true,B=false" } };
    const replay = await replayOf({
      rules: [
        { path: "/flagz", fault: { kind: "status", status: 406 }, times: 1 },
        { path: "/flagz", fault: { kind: "body", body: JSON.stringify(flagz) } },
      ],
    });
    const { parts } = await gatesOf(replay, {}, []);
    const server = valueIn(parts.components).find((entry) => entry.component === "kube-apiserver");
    expect(Object.fromEntries(server?.explicit ?? [])).toEqual({ A: true, B: false });
    expect(server?.explicitSource).toBe("flagz");
    expect(replay.requests.filter((request) => request.path === "/flagz").map((request) => request.accept)).toEqual([
      "application/json;g=config.k8s.io;v=v1beta1;as=Flagz",
      "application/json;g=config.k8s.io;v=v1alpha1;as=Flagz",
    ]);
  });

  it.each([
    ["a web page", { kind: "html" }, "malformed"],
    ["nothing", { kind: "empty" }, "malformed"],
    ["half a gzip", { kind: "truncated-gzip" }, "malformed"],
    ["a refusal", { kind: "status", status: 403 }, "forbidden"],
  ] as const)("are unknown when the page is %s", async (_, fault, reason) => {
    const { parts, sources } = await gatesOf(await replayOf({ rules: [{ path: "/metrics", fault }] }), {}, []);
    expect(valueIn(parts.components)[0]).toMatchObject({
      component: "kube-apiserver",
      gates: null,
      unread: { reason },
    });
    expect(parts.deprecatedApiUse).toMatchObject({ state: "unknown", reason });
    if (reason === "forbidden") {
      expect(sources.find((source) => source.source === "component:kube-apiserver")?.fix).toEqual({
        code: "grant-rbac",
        rbac: { nonResourceURLs: ["/metrics"], verbs: ["get"] },
      });
    }
  });
});

describe("kubelets asked through the API server", () => {
  it("are asked once when the right is missing, and all say so", async () => {
    const replay = await replayOf({ forbidden: ["nodes/proxy"] });
    const { sources, parts } = await gatesOf(replay, { kubelet: { access: "proxy" } });
    expect(sources.find((source) => source.source === "kubelet:metrics")).toMatchObject({
      status: "failed",
      reason: "forbidden",
      fix: { code: "grant-rbac", rbac: { apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] } },
    });
    expect(parts.kubelets).toMatchObject({ state: "unknown", reason: "forbidden" });
  });
});

describe("kubelets asked directly", () => {
  const nearby = (port: number): NodeFacts[] =>
    realNode.map((node) => ({ ...node, addresses: [{ type: "InternalIP", address: "127.0.0.1" }], kubeletPort: port }));

  it("are read where the address is allowed and the certificate is verified", async () => {
    const [api, kubelet] = [await replayOf(), await replayOf({ role: "kubelet" })];
    const access = { access: "direct", allowedCIDRs: ["127.0.0.0/8"], caFile: kubelet.caFile } as const;
    const { parts } = await gatesOf(api, { kubelet: access }, nearby(kubelet.port));
    expect(valueIn(parts.kubelets)).toMatchObject([{ nodeName: "real-node-a", cgroupVersion: 1 }]);
    expect(new Set(kubelet.requests.map((request) => request.path))).toEqual(
      new Set(["/metrics", "/configz", "/metrics/cadvisor"]),
    );
    expect(kubelet.requests.every((request) => request.hasToken)).toBe(true);
  });

  it.each([
    ["the address is outside the allowed networks", { allowedCIDRs: ["10.0.0.0/8"] }, "not-configured"],
    ["no network is allowed", { allowedCIDRs: [] }, "not-configured"],
    ["a network is not one", { allowedCIDRs: ["127.0.0.1/99"] }, "not-configured"],
    ["no CA is named", { caFile: undefined }, "not-configured"],
    ["another CA signed it", { caFile: "other" }, "unreachable"],
  ] as const)("get no token when %s, and coverage says why", async (_, change, reason) => {
    const [api, kubelet] = [await replayOf(), await replayOf({ role: "kubelet" })];
    const config = { access: "direct", allowedCIDRs: ["127.0.0.0/8"], caFile: kubelet.caFile, ...change } as const;
    const caFile = config.caFile === "other" ? kubelet.otherCaFile : config.caFile;
    const { parts, sources } = await gatesOf(api, { kubelet: { ...config, caFile } }, nearby(kubelet.port));
    expect(kubelet.requests).toEqual([]);
    expect(parts.kubelets).toMatchObject({ state: "unknown", reason });
    expect(sources.find((source) => source.source === "kubelet:metrics")).toMatchObject({ status: "failed", reason });
  });
});

describe("what anybody is told", () => {
  it.each([
    ["off", { "/api": 401, "/livez": 401, "/healthz": 401, "/readyz": 401 }],
    ["health-only", { "/api": 401, "/livez": 200, "/healthz": 200, "/readyz": 200 }],
    ["open", { "/api": 200, "/livez": 200, "/healthz": 200, "/readyz": 200 }],
  ] as const)("is seen without a credential: %s", async (anonymous, statusByPath) => {
    const replay = await replayOf({ anonymous });
    const { parts } = await gatesOf(replay, {}, []);
    expect(valueIn(parts.anonymousProbe)).toEqual({ statusByPath });
    expect(replay.requests.filter((request) => !request.hasToken).map((request) => request.path)).toEqual([
      "/api",
      "/livez",
      "/healthz",
      "/readyz",
    ]);
  });
});

describe("summaries of kubelets", () => {
  it("give usage of the node, and no pressure where all of it is zero", async () => {
    const replay = await replayOf();
    const connection = await openConnection({
      name: "c",
      kubeconfig: replay.kubeconfigFile,
      kubelet: { access: "proxy" },
    });
    const read = await collectKubeletSummary(connection, nodes);
    await connection.close();
    const node = recordedJson("kubelet-stats_summary.json").node as {
      cpu: { usageNanoCores: number };
      memory: { workingSetBytes: number };
    };
    expect(valueIn(read.samples)).toEqual([
      {
        entity: { level: "node", namespace: "", kind: "", name: "real-node-a", container: "" },
        values: {
          cpuUsedCores: node.cpu.usageNanoCores / 1e9,
          memoryWorkingSetBytes: node.memory.workingSetBytes,
          swapUsedBytes: 0,
        },
      },
    ]);
    expect(read.pressureByNode.get("real-node-a")).toBe("all-zero");
    expect(read.sources).toMatchObject([
      { status: "partial", objectCount: 1, expectedCount: 25, reason: "unreachable" },
    ]);
  });
});

describe("shares of nodes", () => {
  it("hold every node exactly once", () => {
    const shares = [0, 1, 2, 3].flatMap((share) => nodesOfShare(nodes, share, 4));
    expect([...shares].map((node) => node.name).sort()).toEqual(nodes.map((node) => node.name).sort());
  });
});
