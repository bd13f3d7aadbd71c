import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aJob, aPod } from "../../testing/builders/objects.ts";
import { openPacking, type PackedPod } from "../cost/packing.ts";
import type { RepackNode } from "../cost/repack-nodes.ts";
import type { PodFacts } from "../snapshot.ts";
import type { ActionDraft } from "./action-draft.ts";
import { chooseActions } from "./choose-actions.ts";
import { measureOutcome } from "./measure-outcome.ts";
import { proposeJobs } from "./propose-jobs.ts";
import { proposeRightSize, proposeSwapPool, type SizedWorkload } from "./propose-requests.ts";
import { proposeRoutes, type RoutedSaving } from "./propose-routes.ts";
import { type IdleVolume, proposeVolumes } from "./propose-volumes.ts";
import { rankActions } from "./rank-actions.ts";

const AT = new Date("2026-11-22T10:00:00Z");
const DAY_MS = 86_400_000;
const use = (over: Partial<SizedWorkload> = {}): SizedWorkload => ({
  namespace: "shop",
  kind: "Deployment",
  name: "cart",
  team: "checkout",
  podCount: 2,
  cpuCoresRequested: 4,
  memoryBytesRequested: 8e9,
  cpuCoresP95: 4,
  memoryBytesMax: 7.9e9,
  memoryBytesP90: 2e9,
  cpuWaitingRatioMax: 0,
  cpuThrottledRatioMax: 0,
  memoryWaitingRatioMax: 0,
  oomKillCount: 0,
  hourCount: 300,
  ...over,
});
const rates = { cpuPerHour: 0.2, memoryPerHour: 0.1 };
const pool = { pool: "swap", label: "pool" };

describe("a swap pool for bursty memory", () => {
  const propose = (over: Partial<SizedWorkload> = {}, where: typeof pool | null = pool) =>
    proposeSwapPool("prod", use(over), rates, where, AT);
  it("is proposed with what the steady need leaves free", () => {
    const [action] = propose();
    // 2.5 GB of 8 GB stay: 68.75 % of 0.1 an hour.
    expect(action?.freedPerMonth).toBeCloseTo(0.1 * 0.6875 * 730, 9);
    expect(action).toMatchObject({ kind: "swap-pool", risk: "high", touches: ["shop/Deployment/cart/memory"] });
    expect(action?.manifest).toContain('"pool": "swap"');
  });
  it.each<[string, Partial<SizedWorkload>]>([
    ["memory that is steady", { memoryBytesP90: 6e9 }],
    ["a workload that stalls for memory", { memoryWaitingRatioMax: 0.05 }],
    ["a workload that was killed", { oomKillCount: 1 }],
    ["a few days of history", { hourCount: 100 }],
  ])("is not proposed for %s", (_, over) => expect(propose(over)).toEqual([]));
  it("is not proposed where no pool has swap", () => expect(propose({}, null)).toEqual([]));
  it("overlaps with lowering the same request", () => {
    const both = [
      ...proposeRightSize("prod", use({ memoryBytesMax: 3.2e9, memoryBytesP90: 2e9 }), rates, AT),
      ...propose({ memoryBytesMax: 3.2e9, memoryBytesP90: 2e9 }),
    ];
    expect(both.map(({ kind }) => kind)).toEqual(["right-size", "swap-pool"]);
    expect(both[0]?.touches.some((thing) => both[1]?.touches.includes(thing))).toBe(true);
  });
});

describe("routing by zone", () => {
  const saving = (over: Partial<RoutedSaving> = {}): RoutedSaving => ({
    namespace: "shop",
    name: "cart",
    team: "checkout",
    setting: null,
    isHeadless: false,
    measuredCrossZoneBytes: 100,
    simulatedCrossZoneBytes: 20,
    measuredCostPerMonth: 50,
    simulatedCostPerMonth: 10,
    risks: [],
    ...over,
  });
  it("frees what leaves the bill, and writes the word that the version knows", () => {
    const [action] = proposeRoutes("prod", [saving()], 150, 33, AT);
    expect(action).toMatchObject({
      freedPerMonth: 40,
      cash: "direct",
      risk: "low",
      confidence: "high",
      team: "checkout",
    });
    expect(action?.manifest).toContain("trafficDistribution: PreferClose");
    expect(proposeRoutes("prod", [saving()], 150, 34, AT)[0]?.manifest).toContain("PreferSameZone\n");
  });
  it.each<[string, Partial<RoutedSaving>]>([
    ["a headless Service", { isHeadless: true }],
    ["traffic without a price", { measuredCostPerMonth: null }],
    ["less than a unit of money", { simulatedCostPerMonth: 49.5 }],
  ])("says nothing of %s", (_, over) => expect(proposeRoutes("prod", [saving(over)], 150, 34, AT)).toEqual([]));
  it("carries the simulator's risks", () => {
    const [action] = proposeRoutes("prod", [saving({ risks: [{ kind: "zone-loss-outage" }] })], 10, 34, AT);
    expect(action).toMatchObject({ risk: "high", confidence: "low", guards: ["zone-loss-outage"] });
  });
});

describe("volumes that nobody holds", () => {
  const volume = (over: Partial<IdleVolume> = {}): IdleVolume => ({
    volume: "pv-1",
    phase: "Released",
    bytes: 1e9,
    storageClassName: "gp3",
    claim: { namespace: "shop", name: "data" },
    team: "checkout",
    since: new Date(AT.getTime() - 40 * DAY_MS),
    costPerHour: 0.1,
    priceRef: "#1 aws/gp3",
    ...over,
  });
  it("free their whole price as cash", () => {
    const [action] = proposeVolumes("prod", [volume()], AT);
    expect(action).toMatchObject({ freedPerMonth: 73, cash: "direct", confidence: "high", risk: "medium" });
    expect(action?.manifest).toContain("persistentVolumeReclaimPolicy: Delete");
  });
  it("are told apart from claims that may only be scaled to zero", () => {
    const [action] = proposeVolumes("prod", [volume({ phase: "Bound" })], AT);
    expect(action).toMatchObject({
      confidence: "low",
      risk: "high",
      objectKind: "PersistentVolumeClaim",
      name: "data",
    });
    expect(action?.manifest).toContain("VolumeSnapshot");
  });
  it.each<[string, Partial<IdleVolume>]>([
    ["released a day ago", { since: new Date(AT.getTime() - DAY_MS) }],
    ["claimed and two weeks old", { phase: "Bound", since: new Date(AT.getTime() - 14 * DAY_MS) }],
    ["of unknown age", { since: null }],
  ])("are left alone when %s", (_, over) => expect(proposeVolumes("prod", [volume(over)], AT)).toEqual([]));
  it("without a price have an unknown figure, not 0", () => {
    expect(proposeVolumes("prod", [volume({ costPerHour: null })], AT)[0]?.freedPerMonth).toBeNull();
  });
});

describe("pod-hours that Jobs lose", () => {
  const job = aJob({ namespace: "data", name: "dump-1", ownerCronJob: "dump" });
  const pod = aPod({
    namespace: "data",
    name: "dump-1-x",
    phase: "Running",
    owner: { kind: "Job", namespace: "data", name: "dump-1" },
    workload: { kind: "CronJob", namespace: "data", name: "dump" },
  });
  const [container] = pod.template.containers;
  const [status] = pod.containers;
  if (container === undefined || status === undefined) throw new Error("the builder makes a container");
  const held = {
    ...pod,
    template: {
      ...pod.template,
      containers: [
        { ...container, name: "main", image: "app:1" },
        { ...container, name: "log-shipper", image: "fluent-bit:3" },
      ],
    },
    containers: [
      {
        ...status,
        name: "main",
        state: "terminated" as const,
        exitCode: 0,
        finishedAt: new Date(AT.getTime() - 30 * 3_600_000),
      },
      { ...status, name: "log-shipper", state: "running" as const, exitCode: null, finishedAt: null },
    ],
  };
  const propose = (pods: PodFacts[], price: number | null = 0.5) =>
    proposeJobs("prod", { jobs: [job], pods, teamOf: () => "data", costPerHour: () => price }, AT);
  it("are those of finished work that a helper holds, at what the pod requests", () => {
    const [action, ...others] = propose([held]);
    expect(others).toEqual([]);
    expect(action).toMatchObject({
      kind: "job-policy",
      objectKind: "CronJob",
      name: "dump",
      freedPerMonth: 365,
      confidence: "high",
      facts: { policy: "native-sidecars", podHours: 30, sidecar: "log-shipper" },
    });
    expect(action?.manifest).toContain("restartPolicy: Always");
  });
  it("are none while the work goes on", () => {
    const working = { ...held, containers: held.containers.map((own) => ({ ...own, state: "running" as const })) };
    expect(propose([working])).toEqual([]);
  });
  it("without a price are told without a figure", () => {
    expect(propose([held], null)[0]?.freedPerMonth).toBeNull();
  });
});

describe("choosing and ranking", () => {
  const touching = fc.record({
    touches: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 3 }),
    costPerMonth: fc.integer({ min: 0, max: 100 }),
  });
  it("takes the set that brings most of all that do not overlap", () => {
    fc.assert(
      fc.property(fc.array(touching, { maxLength: 9 }), (given) => {
        const actions = given.map((action, index) => ({ ...action, id: `a${index}` }));
        const chosen = chooseActions(actions);
        const own = actions.filter(({ id }) => chosen.has(id));
        const touched = own.flatMap(({ touches }) => touches);
        expect(new Set(touched).size).toBe(touched.length);
        let best = 0;
        for (let mask = 0; mask < 2 ** actions.length; mask += 1) {
          const set = actions.filter((_, index) => (mask >> index) % 2 === 1);
          const things = set.flatMap(({ touches }) => touches);
          if (new Set(things).size === things.length)
            best = Math.max(
              best,
              set.reduce((sum, action) => sum + action.costPerMonth, 0),
            );
        }
        expect(own.reduce((sum, action) => sum + action.costPerMonth, 0)).toBe(best);
      }),
      { numRuns: 60 },
    );
  });

  const node = (name: string): RepackNode => ({
    name,
    group: "g",
    cpuCores: 10,
    memoryBytes: 10,
    podCount: 110,
    costPerHour: 1,
    isRemovable: true,
  });
  const packed = (nodeName: string, workload: string, size: number): PackedPod => ({
    nodeName,
    workload,
    pod: workload,
    cpuCores: size,
    memoryBytes: size,
    isMovable: true,
  });
  const draft = (id: string, over: Partial<ActionDraft>): ActionDraft => ({
    id,
    kind: "right-size",
    namespace: "n",
    objectKind: "Deployment",
    name: id,
    team: "a",
    isWhole: false,
    freedPerMonth: 10,
    cash: "packed",
    confidence: "high",
    risk: "low",
    facts: {},
    guards: [],
    evidence: [],
    manifest: null,
    touches: [id],
    change: null,
    removedNodes: [],
    ...over,
  });
  const run = (drafts: ActionDraft[], isOpen = (_: ActionDraft) => true) => {
    // Two nodes of 10; w fills one, x most of the other: only both cuts together free a node.
    const packing = openPacking([node("n1"), node("n2")], [packed("n1", "w", 8), packed("n2", "x", 8)]);
    const steps = rankActions(drafts, packing, { isOpen, mayPack: () => true });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  };
  const half = (workload: string) => ({ workload, cpuRatio: 0.5, memoryRatio: 0.5, pods: null });
  it("packs the total anew with everything applied: more than the actions one by one", () => {
    const { actions, whole } = run([draft("w", { change: half("w") }), draft("x", { change: half("x") })]);
    expect(actions.map(({ cashPerMonth }) => cashPerMonth)).toEqual([0, 0]);
    expect(whole).toMatchObject({ freedPerMonth: 20, cashPerMonth: 730, removedCount: 1 });
  });
  it("counts one of two that overlap, and says that they are one group", () => {
    const { actions, whole } = run([
      draft("w", { change: half("w"), touches: ["w/memory"] }),
      draft("w2", { freedPerMonth: 30, touches: ["w/memory"], cash: "direct" }),
    ]);
    expect(actions.map(({ id, isCounted, groupId }) => [id, isCounted, groupId])).toEqual([
      ["w2", true, "w"],
      ["w", false, "w"],
    ]);
    expect(whole).toMatchObject({ freedPerMonth: 30, cashPerMonth: 30, countedCount: 1 });
  });
  it("leaves out of the totals what was dismissed, and what has no money in it", () => {
    const { whole } = run(
      [draft("w", {}), draft("f", { cash: "not-applicable", freedPerMonth: null, isWhole: true })],
      ({ id }) => id !== "w",
    );
    expect(whole).toMatchObject({ freedPerMonth: 0, countedCount: 0 });
  });
  it("tells each team's own total", () => {
    const { byTeam } = run([draft("w", {}), draft("x", { team: "b", freedPerMonth: 7 })]);
    expect([...byTeam].map(([team, { freedPerMonth }]) => [team, freedPerMonth])).toEqual([
      ["a", 10],
      ["b", 7],
    ]);
  });
});

describe("what an applied action brought", () => {
  const days = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => `2026-11-${String(first + index).padStart(2, "0")}`);
  const costs = new Map(days(1, 20).map((day) => [day, day < "2026-11-10" ? 24 : 12]));
  it("is the mean day before minus the mean day since, as a month", () => {
    expect(measureOutcome(costs, days(1, 20), "2026-11-09", "2026-11-10")).toEqual({ costPerMonth: 365, days: 7 });
  });
  it("is not known before a complete day has passed", () => {
    expect(measureOutcome(costs, days(1, 10), "2026-11-09", "2026-11-10").costPerMonth).toBeNull();
  });
  it("takes a day without a line as one without cost", () => {
    expect(
      measureOutcome(new Map([["2026-11-01", 10]]), days(1, 3), "2026-11-02", "2026-11-02").costPerMonth,
    ).toBeCloseTo((10 * 730) / 24, 9);
  });
});
