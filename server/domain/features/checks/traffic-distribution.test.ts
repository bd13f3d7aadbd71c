import { describe, expect, it } from "vitest";
import {
  aNode,
  anEndpoint,
  anEndpointSlice,
  aPod,
  aService,
  aSnapshot,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { trafficDistribution as check } from "./traffic-distribution.ts";

const zones = ["eu-1a", "eu-1b", "eu-1c"];
const hinted = anEndpointSlice({ endpoints: zones.map((zone) => anEndpoint({ zone, hintZones: [zone] })) });
const plain = anEndpointSlice({ endpoints: zones.map((zone) => anEndpoint({ zone })) });
const set = aService({ trafficDistribution: "PreferClose" });
const kubeProxy = aPod({ namespace: "kube-system", name: "kube-proxy-x" });

describe("service traffic distribution", () => {
  it("is effective when every endpoint is hinted and every zone served", () => {
    const outcome = judge(check, aSnapshot({ services: [set], endpointSlices: [hinted], pods: [kubeProxy] }));
    expect(outcome).toMatchObject({ verdict: "effective", adoption: { numerator: 1, denominator: 1 }, blockers: [] });
  });
  it("is in use where an endpoint lacks hints or a zone lacks endpoints", () => {
    const other = aService({ name: "api", trafficDistribution: "PreferSameZone" });
    const oneZone = anEndpointSlice({ serviceName: "api", endpoints: [anEndpoint({ hintZones: ["eu-1a"] })] });
    const outcome = judge(
      check,
      aSnapshot({ services: [set, other], endpointSlices: [plain, oneZone], pods: [kubeProxy] }),
    );
    expect(outcome).toMatchObject({ verdict: "in-use", stages: { effective: { state: "not-met", met: 0, of: 2 } } });
    expect(outcome.blockers.map((found) => found.key).sort()).toEqual(["mixed-values", "unhinted", "zone-empty"]);
    expect(outcome.objects.find((list) => list.key === "services-weak")?.total).toBe(2);
  });
  it("is ready and unused, counting only Services that would gain", () => {
    const services = [
      aService(),
      aService({ name: "headless", isHeadless: true }),
      aService({ name: "external", type: "ExternalName" }),
      aService({ name: "local", internalTrafficPolicy: "Local" }),
      aService({ name: "single" }),
    ];
    const endpointSlices = ["web", "headless", "external", "local"].map((serviceName) =>
      anEndpointSlice({ serviceName, endpoints: plain.endpoints }),
    );
    endpointSlices.push(anEndpointSlice({ serviceName: "single" }));
    expect(judge(check, aSnapshot({ services, endpointSlices }))).toMatchObject({
      verdict: "ready-unused",
      adoption: { numerator: 0, denominator: 1 },
    });
  });
  it("is not applicable in one zone", () => {
    const nodes = [aNode({ name: "node-a" })];
    expect(
      judge(check, aSnapshot({ nodes, services: [aService()], endpointSlices: [anEndpointSlice()] })).verdict,
    ).toBe("not-applicable");
  });
  it("is blocked where no node carries a zone", () => {
    expect(
      judge(check, aSnapshot({ nodes: [aNode({ zone: null })], services: [set], endpointSlices: [hinted] })).verdict,
    ).toBe("blocked");
  });
  it("can be off on 1.32", () => {
    const components = componentsAt("1.32", { ServiceTrafficDistribution: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.32"), components })).verdict).toBe("off");
  });
  it("is always there from 1.36, where the gate is gone", () => {
    expect(
      judge(check, aSnapshot({ version: aVersion("1.36"), services: [set], endpointSlices: [hinted] })).verdict,
    ).toBe("effective");
    const keys = judge(
      check,
      aSnapshot({ version: aVersion("1.36"), services: [set], endpointSlices: [hinted] }),
    ).blockers.map((found) => found.key);
    expect(keys).toEqual(["prefer-close-deprecated", "proxy-not-seen"]);
  });
  it("stays unknown without slices", () => {
    const outcome = judge(check, aSnapshot({ services: [set] }, { endpointSlices: "forbidden" }));
    expect(outcome).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "endpointSlices: forbidden" } },
    });
  });
  it("finds what overrides or defeats the field", () => {
    const services = [
      aService({ trafficDistribution: "PreferClose", topologyModeAnnotation: "Auto" }),
      aService({ name: "head", trafficDistribution: "PreferClose", isHeadless: true }),
    ];
    const endpointSlices = [anEndpointSlice({ ...hinted, managedBy: "my-controller" })];
    const keys = judge(check, aSnapshot({ services, endpointSlices, pods: [kubeProxy] })).blockers.map(
      (found) => found.key,
    );
    expect(keys).toEqual(["annotation-wins", "own-slices", "headless-set"]);
  });
  it("counts one family of a dual-stack Service", () => {
    const six = anEndpointSlice({ addressType: "IPv6", endpoints: [anEndpoint({ hintZones: null })] });
    expect(judge(check, aSnapshot({ services: [set], endpointSlices: [hinted, six] })).verdict).toBe("effective");
  });
});
