import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hoursOfMonth } from "./billing-day.ts";
import { completeDays } from "./complete-days.ts";
import { chooseLabels, OTHER_VALUES } from "./cost-labels.ts";
import { openPacking, type PackedPod } from "./packing.ts";
import { openPriceBook } from "./price-book.ts";
import { type RepackNode, repackNodes } from "./repack-nodes.ts";
import { type ChargedVolume, chargeVolumes, volumePriceKeys } from "./volume-costs.ts";

describe("hours of a month", () => {
  it.each([
    ["UTC", "2026-11-03", 720],
    ["UTC", "2026-02-28", 672],
    ["Europe/Berlin", "2026-10-31", 745],
    ["Europe/Berlin", "2026-03-01", 743],
    ["Asia/Kolkata", "2026-12-31", 744],
  ])("%s %s", (zone, day, hours) => expect(hoursOfMonth(zone, day)).toBe(hours));
});

describe("complete days", () => {
  const day = (clusterId: number, date: string, hourCount = 24) => ({ clusterId, day: date, hourCount });
  it("leave out the running day, days with missing hours, and days that a cluster of the past lacks", () => {
    const recorded = [
      day(1, "2026-11-01"),
      day(1, "2026-11-02"),
      day(1, "2026-11-03", 7),
      day(1, "2026-11-04", 23),
      day(1, "2026-11-05"),
      day(1, "2026-11-06"),
      day(2, "2026-11-04", 9),
      day(2, "2026-11-06"),
    ];
    expect([...completeDays(recorded, [1, 2, 3], "2026-11-06")]).toEqual(["2026-11-01", "2026-11-02", "2026-11-04"]);
  });
});

describe("labels of workloads", () => {
  const workload = (name: string, ...labels: Record<string, string>[]) => ({
    namespace: "n",
    kind: "Deployment",
    name,
    labels,
  });
  it("take the first set that has the key", () => {
    const found = chooseLabels([workload("a", {}, { tier: "web" }, { tier: "x" }), workload("b")], ["tier"]);
    expect(found.map(({ name, value }) => [name, value])).toEqual([
      ["a", "web"],
      ["b", null],
    ]);
  });
  it("never make more values than the bound, and keep those on most workloads", () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      workload(`w${index}`, { id: index < 10 ? "big" : `v${index}` }),
    );
    const values = chooseLabels(many, ["id"], 5).map(({ value }) => value);
    expect(new Set(values).size).toBe(5);
    expect(values.filter((value) => value === "big")).toHaveLength(10);
    expect(values.filter((value) => value === OTHER_VALUES)).toHaveLength(27);
  });
});

describe("volumes", () => {
  const volume = (over: Partial<ChargedVolume> = {}): ChargedVolume => ({
    name: "pv",
    storageClassName: "fast",
    classParameters: {},
    region: null,
    bytes: 1_073_741_824,
    claim: { namespace: "n", name: "c" },
    ...over,
  });
  const prices = (price: number | null) => ({
    book: openPriceBook(
      price === null
        ? []
        : [
            {
              id: 1,
              provider: "any",
              region: "",
              kind: "storage",
              key: "default",
              unit: "GiB-month",
              price,
              currency: "USD",
              validFrom: "2020-01-01",
              validTo: null,
              origin: "shipped",
              source: "",
            },
          ],
      "USD",
    ),
    provider: null,
    cluster: "one",
    on: "2026-11-03",
    timeZone: "UTC",
  });
  it("are looked up by class, by what the class makes, then by the fallback", () => {
    expect(volumePriceKeys(volume({ classParameters: { type: "gp3" } }))).toEqual(["fast", "gp3", "default"]);
  });
  it("without a price are unknown, not free", () => {
    const [charge] = chargeVolumes([volume()], { mounting: () => [], claiming: () => "c" }, prices(null));
    expect(charge).toMatchObject({ costPerHour: null, share: "requested-unused", owner: "c" });
  });
  it("tell mounted, claimed and given up apart, and their parts add up to the volume", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gib: fc.integer({ min: 1, max: 500 }), state: fc.nat(3) }), { maxLength: 12 }),
        (given) => {
          const volumes = given.map(({ gib, state }, index) =>
            volume({
              name: `pv-${index}`,
              bytes: gib * 1_073_741_824,
              claim: state === 0 ? null : { namespace: "n", name: `c${state}` },
            }),
          );
          const charges = chargeVolumes(
            volumes,
            {
              mounting: ({ name }) => (name === "c1" ? [] : name === "c2" ? ["a"] : ["a", "b", "a"]),
              claiming: ({ name }) => name,
            },
            prices(0.1),
          );
          const total = given.reduce((sum, { gib }) => sum + gib, 0) * 0.1;
          expect(charges.reduce((sum, charge) => sum + (charge.costPerHour ?? 0), 0) * 720).toBeCloseTo(total, 6);
          expect(charges.filter(({ share }) => share === "unallocated")).toHaveLength(
            given.filter(({ state }) => state === 0).length,
          );
        },
      ),
    );
  });
});

describe("a packing", () => {
  const nodes = (count: number, group: string): RepackNode[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `${group}${index}`,
      group,
      cpuCores: 10,
      memoryBytes: 10,
      podCount: 110,
      costPerHour: 1,
      isRemovable: true,
    }));
  const fleet = fc.array(
    fc.record({
      group: fc.constantFrom("a", "b"),
      node: fc.nat(4),
      workload: fc.constantFrom("x", "y", "z"),
      size: fc.double({ min: 0.1, max: 3, noNaN: true }),
    }),
    { maxLength: 40 },
  );
  it("with changes is what packing everything anew with them gives", () => {
    fc.assert(
      fc.property(fleet, fc.double({ min: 0, max: 1, noNaN: true }), (given, ratio) => {
        const all = [...nodes(5, "a"), ...nodes(5, "b")];
        const pods = given.map(
          ({ group, node, workload, size }, index): PackedPod => ({
            nodeName: `${group}${node}`,
            cpuCores: size,
            memoryBytes: size,
            isMovable: true,
            workload,
            pod: `p${index}`,
          }),
        );
        const packing = openPacking(all, pods);
        const change = { workload: "x", cpuRatio: ratio, memoryRatio: ratio, pods: null };
        const changed = pods.map((pod) =>
          pod.workload === "x" ? { ...pod, cpuCores: pod.cpuCores * ratio, memoryBytes: pod.memoryBytes * ratio } : pod,
        );
        expect(new Set(packing.with([change]).removed)).toEqual(new Set(repackNodes(all, changed).removed));
        expect(packing.base).toEqual(packing.with([]));
      }),
    );
  });
  it("leaves every pod room on a node that stays", () => {
    fc.assert(
      fc.property(fleet, (given) => {
        const all = nodes(5, "a");
        const pods = given.map(({ node, size }) => ({
          nodeName: `a${node}`,
          cpuCores: size,
          memoryBytes: size,
          isMovable: true,
        }));
        const { removed } = repackNodes(all, pods);
        const left = all.filter(({ name }) => !removed.includes(name));
        const room = left.reduce((sum, node) => {
          const own = pods.filter((pod) => pod.nodeName === node.name).reduce((total, pod) => total + pod.cpuCores, 0);
          return sum + Math.max(0, node.cpuCores * 0.9 - own);
        }, 0);
        const moved = pods.filter((pod) => removed.includes(pod.nodeName)).reduce((sum, pod) => sum + pod.cpuCores, 0);
        expect(moved).toBeLessThanOrEqual(room + 1e-9);
      }),
    );
  });
});
