import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RoutedEndpoint, selectEndpoints, withHints } from "./routing.ts";
import { type ServiceFlow, simulateService } from "./simulate.ts";

const endpoint = (id: string, zone: string | null, over: Partial<RoutedEndpoint> = {}): RoutedEndpoint => ({
  id,
  zone,
  nodeName: `node-${id}`,
  isReady: true,
  hintZones: null,
  hintNodes: null,
  ...over,
});
const flow = (clientZone: string, endpointZone: string, requestBytes: number, replyBytes = 0): ServiceFlow => ({
  clientZone,
  clientNode: null,
  endpointZone,
  requestBytes,
  replyBytes,
});
const perByte = () => 2;
const here = { setting: "PreferSameZone", spreadOverZones: null } as const;

describe("losing a zone", () => {
  const three = ["a", "b", "c"];
  const even = three.flatMap((from) => three.map((to) => flow(from, to, 100)));
  const one = [endpoint("1", "a"), endpoint("2", "b"), endpoint("3", "c")];
  const lossOf = (result: ReturnType<typeof simulateService>, zone: string) => {
    const found = result.zones.find((each) => each.zone === zone);
    return [found?.lossFactorNow, found?.lossFactorAfter];
  };
  it("of three even ones puts half as much again on the others, with or without the preference", () => {
    expect(lossOf(simulateService(even, one, here, perByte), "c")).toEqual([1.5, 1.5]);
  });
  it("is worse with the preference where the zones left hold few endpoints for many clients", () => {
    const endpoints = [endpoint("1", "a"), ...["2", "3", "4"].map((id) => endpoint(id, "b")), endpoint("5", "c")];
    const flows = [flow("a", "b", 500), flow("b", "b", 400), flow("c", "c", 100)];
    const result = simulateService(flows, endpoints, here, perByte);
    // Fullest today: b with 900 over three. c lost: 1000 bytes over a (555.6 for one endpoint) and b.
    expect(lossOf(result, "c").map((factor) => Math.round((factor ?? 0) * 100))).toEqual([83, 185]);
    expect(result.risks).toContainEqual(expect.objectContaining({ kind: "zone-loss-overload", lostZone: "c" }));
  });
  it("that holds all endpoints leaves none", () => {
    const result = simulateService(
      [flow("a", "a", 10), flow("b", "a", 10)],
      [endpoint("1", "a"), endpoint("2", "a")],
      here,
      perByte,
    );
    expect(result.risks).toContainEqual({ kind: "zone-loss-outage", lostZone: "a" });
    expect(lossOf(result, "a")).toEqual([null, null]);
  });
});

describe("kube-proxy's choice", () => {
  const three = [endpoint("1", "a"), endpoint("2", "b"), endpoint("3", "b")];
  const ids = (
    setting: Parameters<typeof withHints>[1],
    client: { zone: string | null; nodeName: string | null },
    endpoints = three,
  ) => {
    const selection = selectEndpoints(withHints(endpoints, setting), client);
    return [selection.by, selection.endpoints.map((e) => e.id)];
  };
  it.each([
    ["all endpoints without a setting", null, { zone: "a", nodeName: null }, ["cluster", ["1", "2", "3"]]],
    ["the zone's endpoints", "PreferSameZone", { zone: "b", nodeName: null }, ["zone", ["2", "3"]]],
    ["PreferClose as PreferSameZone", "PreferClose", { zone: "a", nodeName: null }, ["zone", ["1"]]],
    ["all, where the zone has none", "PreferSameZone", { zone: "c", nodeName: null }, ["cluster", ["1", "2", "3"]]],
    ["all, on a node without a zone", "PreferSameZone", { zone: null, nodeName: "x" }, ["cluster", ["1", "2", "3"]]],
    ["the node's endpoint", "PreferSameNode", { zone: "b", nodeName: "node-3" }, ["node", ["3"]]],
    ["the zone, where the node has none", "PreferSameNode", { zone: "b", nodeName: "other" }, ["zone", ["2", "3"]]],
  ] as const)("%s", (_, setting, client, expected) => {
    expect(ids(setting, client)).toEqual(expected);
  });
  it("one ready endpoint without a hint switches the preference off everywhere", () => {
    expect(ids("PreferSameZone", { zone: "a", nodeName: null }, [...three, endpoint("4", null)])).toEqual([
      "cluster",
      ["1", "2", "3", "4"],
    ]);
  });
  it("an endpoint that is not ready neither blocks nor receives", () => {
    expect(
      ids("PreferSameZone", { zone: "a", nodeName: null }, [...three, endpoint("4", null, { isReady: false })]),
    ).toEqual(["zone", ["1"]]);
  });
});

describe("simulating a Service", () => {
  it("moves even traffic into its zone and prices both directions", () => {
    const flows = ["a", "b", "c"].flatMap((from) => ["a", "b", "c"].map((to) => flow(from, to, 100, 50)));
    const result = simulateService(flows, [endpoint("1", "a"), endpoint("2", "b"), endpoint("3", "c")], here, perByte);
    expect(result.measuredCrossZoneBytes).toBe(900);
    expect(result.measuredCost).toBe(1800);
    expect(result.simulatedCrossZoneBytes).toBe(0);
    expect(result.simulatedCost).toBe(0);
    expect(result.risks).toEqual([]);
  });
  it("says which zone has no endpoint and keeps its traffic across zones", () => {
    const result = simulateService(
      [flow("a", "a", 90), flow("c", "a", 60)],
      [endpoint("1", "a"), endpoint("2", "b")],
      here,
      perByte,
    );
    expect(result.simulatedCrossZoneBytes).toBe(60);
    expect(result.risks).toContainEqual({ kind: "zone-without-endpoints", zone: "c", clientBytes: 60 });
  });
  it("warns when a busy zone has few endpoints", () => {
    const endpoints = [endpoint("1", "a"), ...["2", "3", "4", "5"].map((id) => endpoint(id, "b"))];
    const result = simulateService([flow("a", "b", 800), flow("b", "b", 200)], endpoints, here, perByte);
    expect(result.risks).toContainEqual({ kind: "uneven-load", zone: "a", factor: 4 });
  });
  it("a topology spread gives every zone an endpoint", () => {
    const endpoints = [endpoint("1", "a"), endpoint("2", "a"), endpoint("3", "a")];
    const flows = [flow("b", "a", 100), flow("c", "a", 100)];
    const result = simulateService(
      flows,
      endpoints,
      { setting: "PreferSameZone", spreadOverZones: ["a", "b", "c"] },
      perByte,
    );
    expect(result.simulatedCrossZoneBytes).toBe(0);
  });
  it("prefers the node where the client's node has an endpoint, else the zone, and names the endpoint that gets too much", () => {
    const endpoints = ["1", "2", "3", "4"].map((id) => endpoint(id, "a", { nodeName: `node-${id}` }));
    const from = (clientNode: string, bytes: number) => ({ ...flow("a", "a", bytes), clientNode });
    const flows = [from("node-1", 900), from("node-9", 100)];
    const result = simulateService(flows, endpoints, { setting: "PreferSameNode", spreadOverZones: null }, perByte);
    expect(result.simulatedCrossZoneBytes).toBe(0);
    // 900 of node-1 stay there, the other node's 100 go evenly to all four: 925 against a mean of 250.
    expect(result.risks).toContainEqual({ kind: "uneven-endpoint", endpoint: "1", factor: 3.7 });
  });
  it("without a price the cost is unknown, not 0", () => {
    const result = simulateService([flow("a", "b", 100)], [endpoint("1", "b")], here, () => null);
    expect(result.measuredCost).toBeNull();
  });
  it("never loses or invents a byte", () => {
    const zones = fc.constantFrom("a", "b", "c");
    const bytes = fc.integer({ min: 0, max: 1_000_000 });
    const flows = fc.array(
      fc.record({
        clientZone: zones,
        clientNode: fc.constant(null),
        endpointZone: zones,
        requestBytes: bytes,
        replyBytes: bytes,
      }),
      { maxLength: 30 },
    );
    const endpoints = fc.array(fc.tuple(zones, fc.boolean()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        flows,
        endpoints,
        fc.constantFrom(null, "PreferSameZone" as const, "PreferSameNode" as const),
        (given, places, setting) => {
          const list = places.map(([zone, isReady], index) => endpoint(String(index), zone, { isReady }));
          const result = simulateService(given, list, { setting, spreadOverZones: null }, perByte);
          const total = given.reduce((sum, f) => sum + f.requestBytes + f.replyBytes, 0);
          expect(result.zones.reduce((sum, zone) => sum + zone.bytesAfter, 0)).toBeCloseTo(total, 3);
          expect(result.zones.reduce((sum, zone) => sum + zone.bytesBefore, 0)).toBe(total);
        },
      ),
    );
  });
});
