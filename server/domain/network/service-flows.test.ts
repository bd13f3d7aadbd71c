import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointSliceFacts, ServiceFacts } from "../snapshot.ts";
import {
  type FlowCell,
  fixOf,
  hintState,
  pairService,
  routeServices,
  serviceByWorkload,
  settingOf,
  toServiceTraffic,
  zonePair,
} from "./service-flows.ts";
import { simulateService } from "./simulate.ts";

const service = (name: string, over: Partial<ServiceFacts> = {}): ServiceFacts => ({
  namespace: "shop",
  name,
  labels: {},
  type: "ClusterIP",
  clusterIps: ["10.0.0.1"],
  isHeadless: false,
  selector: {},
  trafficDistribution: null,
  internalTrafficPolicy: null,
  externalTrafficPolicy: null,
  topologyModeAnnotation: null,
  sessionAffinity: null,
  ...over,
});
const slice = (serviceName: string, zones: readonly (string | null)[], hints = false): EndpointSliceFacts => ({
  namespace: "shop",
  name: `${serviceName}-x`,
  serviceName,
  managedBy: null,
  addressType: "IPv4",
  endpoints: zones.map((zone, index) => ({
    addresses: [`10.1.0.${index}`],
    isReady: true,
    isServing: true,
    isTerminating: false,
    nodeName: null,
    zone,
    hintZones: hints && zone !== null ? [zone] : null,
    hintNodes: null,
    podName: `${serviceName}-${index}`,
  })),
});
const places = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    namespace: "shop",
    pod: `${name}-${index}`,
    kind: "Deployment",
    name,
  }));
const end = (name: string) => ({ namespace: "shop", kind: "Deployment", name });
const cell = (source: string, target: string, sourceZone: string, targetZone: string, bytes: number): FlowCell => ({
  source: end(source),
  target: end(target),
  sourceZone,
  targetZone,
  scope: sourceZone === targetZone ? "same-zone" : "cross-zone",
  bytes,
});
const routed = (zones: readonly (string | null)[], over: Partial<ServiceFacts> = {}, hints = false) =>
  routeServices([service("api", over)], [slice("api", zones, hints)], places("api", zones.length));

describe("the Service of a pair", () => {
  it("is the one behind which either end stands", () => {
    const services = serviceByWorkload(routed(["a", "b"]));
    expect(pairService(end("web"), end("api"), 1, 9, services)).toMatchObject({
      server: end("api"),
      isInferred: false,
    });
    expect(pairService(end("api"), end("web"), 9, 1, services)).toMatchObject({
      server: end("api"),
      isInferred: false,
    });
    expect(pairService(end("web"), end("job"), 1, 1, services)).toBeNull();
  });
  it("is that of the end that sends more when both are behind one, in both directions alike", () => {
    const both = serviceByWorkload(
      routeServices(
        [service("api"), service("web")],
        [slice("api", ["a"]), slice("web", ["b"])],
        [...places("api", 1), ...places("web", 1)],
      ),
    );
    expect(pairService(end("web"), end("api"), 1, 9, both)).toMatchObject({ server: end("api"), isInferred: true });
    expect(pairService(end("api"), end("web"), 9, 1, both)).toMatchObject({ server: end("api"), isInferred: true });
  });
  it("prefers a Service with an address over a headless one of the same pods", () => {
    const found = serviceByWorkload(
      routeServices(
        [service("a-headless", { isHeadless: true }), service("api")],
        [{ ...slice("api", ["a"]), serviceName: "a-headless" }, slice("api", ["a"])],
        places("api", 1),
      ),
    );
    expect(found.get("shop/Deployment/api")?.service.name).toBe("api");
  });
});

describe("what keeps bytes in their zone", () => {
  const fix = (services: ReturnType<typeof routed>, clientZone: string) => {
    const pair = pairService(end("web"), end("api"), 1, 9, serviceByWorkload(services));
    const { kind, reason } = fixOf(pair, clientZone, true);
    return `${kind} ${reason}`;
  };
  it.each([
    ["routing not-set", routed(["a", "b"]), "a"],
    ["routing hints-missing", routed(["a", "b"], { trafficDistribution: "PreferClose" }), "a"],
    ["none already-preferred", routed(["a", "b"], { trafficDistribution: "PreferClose" }, true), "a"],
    ["placement zone-without-endpoints", routed(["a", "b"]), "c"],
    ["placement single-endpoint", routed(["a"]), "b"],
    ["none headless", routed(["a", "b"], { isHeadless: true }), "a"],
    ["none endpoint-without-zone", routed(["a", null, "b"]), "a"],
    ["none outside", routed(["a", "b"]), ""],
  ])("%s", (expected, services, zone) => expect(fix(services, zone)).toBe(expected));
  it("nothing chooses where there is no Service", () => {
    expect(fixOf(null, "a", true)).toEqual({ kind: "placement", reason: "no-service" });
  });
});

describe("what a Service's traffic is made of", () => {
  const services = serviceByWorkload(routed(["a", "b"]));
  const cells = [cell("web", "api", "a", "b", 90), cell("api", "web", "b", "a", 30), cell("web", "api", "a", "a", 6)];
  it("comes evenly from the client's nodes of the zone, when they are asked for", () => {
    const nodes = (end: { name: string }, zone: string) =>
      end.name === "web" && zone === "a" ? ["n1", "n2", "n3"] : [];
    const [traffic] = toServiceTraffic(cells, services, nodes).values();
    expect(traffic?.flows.filter((flow) => flow.endpointZone === "b")).toEqual(
      ["n1", "n2", "n3"].map((clientNode) => ({
        clientZone: "a",
        clientNode,
        endpointZone: "b",
        requestBytes: 30,
        replyBytes: 10,
      })),
    );
  });
  it("keeps what was charged by direction; one byte without a price makes its pair unknown", () => {
    const priced = cells.map((one, index) => ({ ...one, cost: index === 1 ? null : one.bytes / 10 }));
    const [traffic] = toServiceTraffic(priced, services).values();
    expect(traffic?.charges.get(zonePair("a", "b"))).toEqual({ bytes: 90, cost: 9 });
    expect(traffic?.charges.get(zonePair("b", "a"))).toEqual({ bytes: 30, cost: null });
  });
});

it("what routing could fix is what the simulator saves, byte for byte", () => {
  const zone = fc.constantFrom("a", "b", "c");
  const clients = fc.array(fc.tuple(fc.constantFrom("web", "job"), zone, zone, fc.integer({ min: 0, max: 1e9 })), {
    minLength: 1,
    maxLength: 30,
  });
  const settings = fc.constantFrom(null, "PreferClose", "PreferSameZone");
  fc.assert(
    fc.property(
      clients,
      fc.array(zone, { minLength: 1, maxLength: 6 }),
      settings,
      fc.boolean(),
      (list, zones, setting, hints) => {
        const services = serviceByWorkload(routed(zones, { trafficDistribution: setting }, hints && setting !== null));
        const given = list.map(([name, from, to, bytes]) => cell(name, "api", from, to, bytes));
        const fixable = given.reduce((sum, one) => {
          const pair = pairService(one.source, one.target, 1, 0, services);
          const isRouting = one.scope === "cross-zone" && fixOf(pair, one.sourceZone, true).kind === "routing";
          return sum + (isRouting ? one.bytes : 0);
        }, 0);
        let saved = 0;
        for (const { flows, routed: service } of toServiceTraffic(given, services).values()) {
          if (settingOf(service.service) !== null && hintState(service.endpoints).isEffective) continue;
          const scenario = { setting: "PreferSameZone", spreadOverZones: null } as const;
          const result = simulateService(flows, service.endpoints, scenario, () => 0);
          saved += result.measuredCrossZoneBytes - result.simulatedCrossZoneBytes;
        }
        expect(Math.abs(saved - fixable)).toBeLessThanOrEqual(1e-6 * Math.max(1, fixable));
      },
    ),
  );
});

it("gives every byte to one Service or to none, as request or reply", () => {
  const services = serviceByWorkload(
    routeServices(
      [service("api"), service("web")],
      [slice("api", ["a", "b"]), slice("web", ["b"])],
      [...places("api", 2), ...places("web", 1)],
    ),
  );
  const name = fc.constantFrom("api", "web", "job");
  const zone = fc.constantFrom("a", "b", "");
  const cells = fc.array(fc.tuple(name, name, zone, zone, fc.integer({ min: 0, max: 1e9 })), { maxLength: 40 });
  fc.assert(
    fc.property(cells, (list) => {
      const given = list.map(([from, to, fromZone, toZone, bytes]) => cell(from, to, fromZone, toZone, bytes));
      const traffic = [...toServiceTraffic(given, services).values()];
      const owned = given.filter(
        ({ source, target }) => source.name !== target.name && (source.name !== "job" || target.name !== "job"),
      );
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      expect(sum(traffic.map((one) => one.totalBytes))).toBe(sum(owned.map((one) => one.bytes)));
      for (const one of traffic) {
        const placed = sum(one.flows.map((flow) => flow.requestBytes + flow.replyBytes));
        expect(placed + one.unplacedBytes).toBe(one.totalBytes);
      }
    }),
  );
});
