import { between, hash32, nameSuffix, uniform, uuid } from "../random.ts";
import { constant, DAY, during, load, type Rhythm, type Signal, scaled, sum, ZERO } from "../signal.ts";
import type {
  Amounts,
  DemoClaim,
  DemoCluster,
  DemoContainer,
  DemoEvent,
  DemoFlow,
  DemoGpu,
  DemoNode,
  DemoPod,
  DemoService,
  DemoSize,
  DemoVolume,
  DemoWorkload,
  GpuHolder,
  Pressure,
  WorkloadOptions,
} from "./types.ts";

export const GIB = 2 ** 30;
export const MIB = 2 ** 20;

export const CALM: Pressure = {
  cpuSome: ZERO,
  cpuFull: ZERO,
  memorySome: ZERO,
  memoryFull: ZERO,
  ioSome: ZERO,
  ioFull: ZERO,
};

/** Settings shared by everything that is built for one run. */
export type BuildContext = { readonly seed: number; readonly size: DemoSize; readonly anchor: number };

export type NodePool = {
  readonly pool: string;
  readonly count: number;
  readonly instanceType: string;
  readonly cpuCores: number;
  readonly memoryGib: number;
  readonly namePrefix: string;
  readonly labels?: Record<string, string>;
  readonly taints?: DemoNode["taints"];
  readonly extended?: Record<string, number>;
  readonly isControlPlane?: boolean;
  readonly swapGib?: number;
  readonly overrides?: (index: number) => Partial<DemoNode>;
  readonly gpus?: (node: string, index: number) => readonly Omit<DemoGpu, "holders" | "index">[];
};

export type ContainerSpec = {
  readonly name: string;
  readonly image?: string;
  readonly role?: DemoContainer["role"];
  /** Request and limit in cores; `null` = not set. */
  readonly cpu: readonly [request: number | null, limit: number | null, used: number];
  /** Request and limit in MiB; `null` = not set. */
  readonly memory: readonly [request: number | null, limit: number | null, used: number];
  readonly gpus?: Readonly<Record<string, number>>;
  readonly args?: readonly string[];
  readonly usesClaims?: readonly string[];
  readonly hasStartupProbe?: boolean;
  readonly rhythm?: Rhythm;
};

/** What a story adds to one container on top of its everyday life. */
export type ContainerStory = {
  readonly cpu?: Signal;
  readonly memory?: Signal;
  readonly swap?: Signal;
  readonly throttled?: Signal;
  readonly ioBytes?: Signal;
  readonly pressure?: Partial<Pressure>;
  readonly oomKills?: readonly number[];
};

export type WorkloadSpec = {
  readonly kind?: DemoWorkload["kind"];
  readonly namespace: string;
  readonly name: string;
  readonly team?: string | null;
  readonly replicas?: number;
  readonly pool?: string;
  readonly nodes?: readonly string[];
  readonly containers: readonly ContainerSpec[];
  readonly labels?: Record<string, string>;
  readonly options?: WorkloadOptions;
  readonly story?: (container: string, ordinal: number, node: string) => ContainerStory | undefined;
  /** Days before the anchor at which the present generation of pods replaced the one before. */
  readonly rolledOutDaysAgo?: number;
  readonly ageDays?: number;
  /** Replicas that joined later (a scale-up), with the day. */
  readonly addedReplicas?: { readonly count: number; readonly daysAgo: number };
  readonly networkBytesPerSecond?: number;
};

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Collects the parts of one cluster; every name decides its own numbers, so order does not matter. */
export class ClusterBuilder {
  readonly context: BuildContext;
  readonly name: string;
  readonly zones: readonly string[];
  readonly minor: string;
  readonly patch: string;
  readonly nodes: Draft<DemoNode>[] = [];
  readonly workloads: DemoWorkload[] = [];
  readonly pods: DemoPod[] = [];
  readonly services: DemoService[] = [];
  readonly volumes: DemoVolume[] = [];
  readonly flows: DemoFlow[] = [];
  readonly claims: DemoClaim[] = [];
  readonly events: DemoEvent[] = [];
  private readonly podsPerNode = new Map<string, number>();
  private readonly addressOfNode: (index: number) => string;
  private readonly podNetwork: number;

  constructor(
    context: BuildContext,
    cluster: {
      readonly name: string;
      readonly zones: readonly string[];
      readonly minor: string;
      readonly patch: string;
      readonly podNetwork: number;
      readonly addressOfNode: (index: number) => string;
    },
  ) {
    this.context = context;
    this.name = cluster.name;
    this.zones = cluster.zones;
    this.minor = cluster.minor;
    this.patch = cluster.patch;
    this.podNetwork = cluster.podNetwork;
    this.addressOfNode = cluster.addressOfNode;
  }

  get seed(): number {
    return hash32(`${this.context.seed}/${this.name}`);
  }

  daysAgo(days: number): number {
    return Math.round(this.context.anchor - days * DAY);
  }

  /** A day before the oldest sample that is ever asked for. */
  get historyFrom(): number {
    return this.daysAgo(31);
  }

  /** `demo` at the demo size, `small` in tests. */
  sized(demo: number, small: number): number {
    return this.context.size === "small" ? small : demo;
  }

  addNodes(pool: NodePool): void {
    for (let index = 0; index < pool.count; index += 1) {
      const number = this.nodes.length;
      const zone = this.zones[index % this.zones.length] ?? null;
      const name = `${pool.namePrefix}-${index + 1}`;
      const { seed } = this;
      const createdAt = this.daysAgo(120 - (number % 7));
      const gpus = (pool.gpus?.(name, index) ?? []).map((gpu, at) => ({ ...gpu, index: at, holders: [] }));
      this.nodes.push({
        name,
        uid: uuid(seed, `node/${name}`),
        pool: pool.pool,
        zone,
        instanceType: pool.instanceType,
        isSpot: false,
        isControlPlane: pool.isControlPlane === true,
        address: this.addressOfNode(number),
        cpuCores: pool.cpuCores,
        memoryBytes: pool.memoryGib * GIB,
        swapBytes: (pool.swapGib ?? 0) * GIB,
        swapBehavior: "NoSwap",
        cgroupVersion: 2,
        psi: "measured",
        kubeletVersion: `v${this.minor}.${this.patch}`,
        kubeletMinor: this.minor,
        kernelVersion: "6.8.0-1021-generic",
        osImage: "Ubuntu 24.04.2 LTS",
        runtime: "containerd://2.0.5",
        labels: pool.labels ?? {},
        taints: pool.taints ?? [],
        extended: pool.extended ?? {},
        kubeletGates: {},
        gateChanges: [],
        gpus,
        createdAt,
        boots: [createdAt],
        systemCpu: load(seed, `system-cpu/${name}`, pool.cpuCores * 0.02, { daily: 0.1 }),
        pressure: CALM,
        swapIn: ZERO,
        swapOut: ZERO,
        swapUsed: ZERO,
        nodeLabelLostAt: null,
        ...pool.overrides?.(index),
      });
    }
  }

  nodesOf(pool: string): DemoNode[] {
    return this.nodes.filter((node) => node.pool === pool);
  }

  node(name: string): DemoNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`No node ${name} in ${this.name}`);
    return found;
  }

  addWorkload(spec: WorkloadSpec): DemoWorkload {
    const { seed } = this;
    const key = `${spec.namespace}/${spec.name}`;
    const kind = spec.kind ?? "Deployment";
    const candidates = (spec.nodes ?? []).map((name) => this.node(name));
    const pool = candidates.length > 0 ? candidates : this.nodesOf(spec.pool ?? "general");
    const everywhere = kind === "DaemonSet" && spec.pool === undefined && spec.nodes === undefined;
    const hosts: readonly DemoNode[] = everywhere ? this.nodes : pool;
    const replicas = kind === "DaemonSet" ? hosts.length : (spec.replicas ?? 2);
    const labels = {
      app: spec.name,
      "app.kubernetes.io/name": spec.name,
      ...(spec.team ? { team: spec.team } : {}),
      ...spec.labels,
    };
    const createdAt = this.daysAgo(spec.ageDays ?? 90);
    const workload: DemoWorkload = {
      kind,
      namespace: spec.namespace,
      name: spec.name,
      uid: uuid(seed, `workload/${key}`),
      team: spec.team ?? null,
      labels,
      replicas,
      containers: spec.containers.map((container) => this.container(container, `${key}/template`, undefined)),
      options: spec.options ?? {},
      createdAt,
      hash: nameSuffix(seed, `hash/${key}/now`, 10),
    };
    this.workloads.push(workload);
    const isPending = spec.options?.pending !== undefined;
    const rolledOutAt = spec.rolledOutDaysAgo === undefined ? null : this.daysAgo(spec.rolledOutDaysAgo);
    const start = hash32(key) % Math.max(1, hosts.length);
    for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
      const host = hosts[(kind === "DaemonSet" ? ordinal : start + ordinal) % hosts.length] ?? null;
      const late = spec.addedReplicas !== undefined && ordinal >= replicas - spec.addedReplicas.count;
      const bornAt = late ? this.daysAgo(spec.addedReplicas?.daysAgo ?? 0) : createdAt;
      if (rolledOutAt !== null && !late) {
        this.addPod(spec, workload, ordinal, host, bornAt, rolledOutAt, "before");
      }
      const from = rolledOutAt !== null && !late ? rolledOutAt : bornAt;
      this.addPod(spec, workload, ordinal, isPending ? null : host, from, Number.POSITIVE_INFINITY, "now");
    }
    return workload;
  }

  /** The pods that run now. */
  podsOf(workload: DemoWorkload): DemoPod[] {
    return this.pods.filter((pod) => pod.workload === workload && pod.to === Number.POSITIVE_INFINITY);
  }

  addService(
    workload: DemoWorkload,
    options: { readonly trafficDistribution?: string; readonly topologyMode?: string; readonly hints?: "missing" } = {},
  ): void {
    this.services.push({
      namespace: workload.namespace,
      name: workload.name,
      workload,
      trafficDistribution: options.trafficDistribution ?? null,
      topologyMode: options.topologyMode ?? null,
      isHeadless: workload.kind === "StatefulSet",
      hints:
        options.hints === "missing" || (options.trafficDistribution === undefined && options.topologyMode === undefined)
          ? "missing"
          : "written",
      port: 8080,
    });
  }

  addFlow(from: DemoWorkload, to: DemoWorkload, bytesPerSecond: Signal, sameZoneShare = 0.34): void {
    const service = this.services.find((one) => one.workload === to);
    this.flows.push({ from, to, service: service?.name ?? null, bytesPerSecond, sameZoneShare });
  }

  /** Gives a device to a pod. */
  hold(gpu: { readonly node: string; readonly index: number }, holder: GpuHolder): void {
    const node = this.nodes.find((one) => one.name === gpu.node);
    if (node === undefined) throw new Error(`No node ${gpu.node}`);
    node.gpus = node.gpus.map((one) => (one.index === gpu.index ? { ...one, holders: [...one.holders, holder] } : one));
  }

  /** Fills in what follows from the pods: how busy each node is and how long work waits there. */
  settleNodes(extra: Readonly<Record<string, Partial<Pressure>>> = {}): void {
    for (const node of this.nodes) {
      const here = this.pods.filter((pod) => pod.node?.name === node.name);
      const added = extra[node.name] ?? {};
      const background = (name: string, mean: number) =>
        load(this.seed, `node-pressure/${node.name}/${name}`, mean, { daily: 0.3, noise: 0.3 });
      // A node waits at least as long as its worst pod; a third of each pod's everyday waiting coincides with others'.
      const share = 0.35 / Math.max(1, here.length) ** 0.5;
      const total = (key: keyof Pressure, mean: number): Signal =>
        sum([
          background(key, mean),
          ...here.map((pod) => aliveWith(pod, scaled(pod.pressure[key], share), this.historyFrom)),
          ...(added[key] === undefined ? [] : [added[key]]),
        ]);
      node.pressure = {
        cpuSome: total("cpuSome", 0.012),
        cpuFull: ZERO,
        memorySome: total("memorySome", 0.0006),
        memoryFull: total("memoryFull", 0.0003),
        ioSome: total("ioSome", 0.006),
        ioFull: total("ioFull", 0.003),
      };
    }
  }

  private addPod(
    spec: WorkloadSpec,
    workload: DemoWorkload,
    ordinal: number,
    node: DemoNode | null,
    from: number,
    to: number,
    generation: "before" | "now",
  ): void {
    const { seed } = this;
    const key = `${spec.namespace}/${spec.name}/${ordinal}`;
    const hash = generation === "now" ? workload.hash : nameSuffix(seed, `hash/${workload.name}/before`, 10);
    const suffix = nameSuffix(seed, `pod/${key}/${generation}`);
    const names: Record<DemoWorkload["kind"], string> = {
      Deployment: `${spec.name}-${hash}-${suffix}`,
      StatefulSet: `${spec.name}-${ordinal}`,
      DaemonSet: `${spec.name}-${suffix}`,
      Job: `${spec.name}-${spec.options?.job?.isIndexed === true ? `${ordinal}-` : ""}${suffix}`,
      CronJob: `${spec.name}-${Math.floor(this.context.anchor / 60)}-${suffix}`,
      Pod: replicaName(spec.name, ordinal),
      Mirror: `${spec.name}-${node?.name ?? "none"}`,
    };
    const slot = node === null ? 0 : (this.podsPerNode.get(node.name) ?? 0) + 1;
    if (node !== null) this.podsPerNode.set(node.name, slot);
    const nodeNumber = node === null ? 0 : this.nodes.findIndex((one) => one.name === node.name);
    const hostNetwork = spec.options?.hostNetwork === true;
    const containers = spec.containers.map((container) =>
      this.container(
        container,
        key,
        generation === "now" ? spec.story?.(container.name, ordinal, node?.name ?? "") : undefined,
      ),
    );
    const bytes = spec.networkBytesPerSecond ?? between(seed, `net/${key}`, 20_000, 400_000);
    this.pods.push({
      name: names[workload.kind],
      namespace: spec.namespace,
      uid: uuid(seed, `pod/${key}/${generation}`),
      workload,
      ordinal,
      node,
      ip: hostNetwork && node !== null ? node.address : `10.${this.podNetwork}.${nodeNumber}.${slot + 1}`,
      containers,
      from,
      to,
      received: load(seed, `rx/${key}`, bytes, { daily: 0.4 }),
      sent: load(seed, `tx/${key}`, bytes * 1.3, { daily: 0.4 }),
      pressure: worstOf(containers),
    });
  }

  private container(spec: ContainerSpec, key: string, story: ContainerStory | undefined): DemoContainer {
    const { seed } = this;
    const name = `${key}/${spec.name}`;
    const jitter = between(seed, `${name}/size`, 0.8, 1.2);
    const [cpuRequest, cpuLimit, cpuUsed] = spec.cpu;
    const [memoryRequest, memoryLimit, memoryUsed] = spec.memory;
    const busy = Math.min(1, cpuUsed / Math.max(0.05, cpuLimit ?? cpuRequest ?? 1));
    const calm = (part: string, mean: number) => load(seed, `${name}/${part}`, mean, { daily: 0.3, noise: 0.25 });
    const everyday: Pressure = {
      cpuSome: calm("cpu-some", 0.01 + 0.05 * busy * uniform(seed, `${name}/wait`)),
      cpuFull: calm("cpu-full", 0.004 * busy),
      memorySome: calm("memory-some", 0.0004),
      memoryFull: calm("memory-full", 0.0002),
      ioSome: calm("io-some", 0.004),
      ioFull: calm("io-full", 0.002),
    };
    const plus = (base: Signal, added: Signal | undefined) => (added === undefined ? base : sum([base, added]));
    return {
      name: spec.name,
      image: spec.image ?? `registry.demo.example/${spec.name}:2.${Math.floor(uniform(seed, `${name}/v`) * 30)}.0`,
      role: spec.role ?? "app",
      requests: amounts(cpuRequest, memoryRequest, spec.gpus),
      limits: amounts(cpuLimit, memoryLimit, spec.gpus),
      args: spec.args ?? [],
      usesClaims: spec.usesClaims ?? [],
      hasStartupProbe: spec.hasStartupProbe ?? false,
      cpu: plus(load(seed, `${name}/cpu`, cpuUsed * jitter, spec.rhythm), story?.cpu),
      memory: plus(
        load(seed, `${name}/memory`, memoryUsed * MIB * (0.9 + 0.1 * jitter), {
          daily: 0.05,
          weekly: 0.02,
          noise: 0.03,
        }),
        story?.memory,
      ),
      swap: story?.swap ?? ZERO,
      throttled: plus(
        cpuLimit === null ? constant(0) : calm("throttled", 0.002 + 0.03 * Math.max(0, busy - 0.5)),
        story?.throttled,
      ),
      ioBytes: plus(calm("io-bytes", 40_000), story?.ioBytes),
      pressure: {
        cpuSome: plus(everyday.cpuSome, story?.pressure?.cpuSome),
        cpuFull: plus(everyday.cpuFull, story?.pressure?.cpuFull),
        memorySome: plus(everyday.memorySome, story?.pressure?.memorySome),
        memoryFull: plus(everyday.memoryFull, story?.pressure?.memoryFull),
        ioSome: plus(everyday.ioSome, story?.pressure?.ioSome),
        ioFull: plus(everyday.ioFull, story?.pressure?.ioFull),
      },
      oomKills: story?.oomKills ?? [],
    };
  }
}

/**
 * A signal for the time its pod exists. A pod that was there before history begins and never left needs no bounds, and
 * unbounded signals of a node melt into one.
 */
export function aliveWith(pod: Pick<DemoPod, "from" | "to">, signal: Signal, historyFrom: number): Signal {
  if (pod.from <= historyFrom && pod.to === Number.POSITIVE_INFINITY) return signal;
  return during(signal, pod.from, pod.to);
}

function replicaName(name: string, ordinal: number): string {
  return ordinal === 0 ? name : `${name}-${ordinal + 1}`;
}

/** The pod cgroup stalls as its worst container does; containers of one pod are never added up. */
function worstOf(containers: readonly DemoContainer[]): Pressure {
  return containers.find((container) => container.role === "app")?.pressure ?? CALM;
}

function amounts(cpu: number | null, memoryMib: number | null, gpus: Readonly<Record<string, number>> | undefined) {
  const result: { cpuCores?: number; memoryBytes?: number; extended?: Readonly<Record<string, number>> } = {};
  if (cpu !== null) result.cpuCores = cpu;
  if (memoryMib !== null) result.memoryBytes = memoryMib * MIB;
  if (gpus !== undefined) result.extended = gpus;
  return result satisfies Amounts;
}

export type ClusterFrame = Omit<
  DemoCluster,
  | "historyFrom"
  | "nodes"
  | "workloads"
  | "pods"
  | "services"
  | "volumes"
  | "flows"
  | "claims"
  | "events"
  | "name"
  | "minor"
  | "zones"
>;

/** Ends the building; from here on the cluster is read-only. */
export function finish(builder: ClusterBuilder, frame: ClusterFrame): DemoCluster {
  return {
    name: builder.name,
    minor: builder.minor,
    zones: builder.zones,
    ...frame,
    historyFrom: builder.historyFrom,
    nodes: builder.nodes,
    workloads: builder.workloads,
    pods: builder.pods,
    services: builder.services,
    volumes: builder.volumes,
    flows: builder.flows,
    claims: builder.claims,
    events: builder.events,
  };
}
