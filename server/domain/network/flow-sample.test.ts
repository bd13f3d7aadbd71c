import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countFlowsOnce, type FlowEnd, type FlowReport } from "./flow-sample.ts";

const end = (name: string, zone: string | null, kind = "Deployment"): FlowEnd => ({
  namespace: "shop",
  kind,
  name,
  zone,
});
const report = (over: Partial<FlowReport> = {}): FlowReport => ({
  source: end("web", "a"),
  target: end("api", "b"),
  sourceNode: "node-a",
  reporterNode: "node-a",
  bytesPerSecond: 100,
  ...over,
});
const count = (...reports: FlowReport[]) =>
  countFlowsOnce("obi", reports).samples.map(({ bytesPerSecond, basis, scope }) => [bytesPerSecond, basis, scope]);

describe("flows that both ends report", () => {
  it("count as the sender's node saw them", () => {
    expect(count(report(), report({ reporterNode: "node-b", bytesPerSecond: 97 }))).toEqual([
      [100, "sender-node", "cross-zone"],
    ]);
  });
  it("count as the other end saw them when the sender's node has no agent", () => {
    expect(count(report({ reporterNode: "node-b", bytesPerSecond: 97 }))).toEqual([
      [97, "single-report", "cross-zone"],
    ]);
  });
  it("are halved across zones when nobody says who reported", () => {
    const anonymous = report({ reporterNode: null, sourceNode: null });
    expect(count(anonymous, anonymous)).toEqual([[100, "halved", "cross-zone"]]);
  });
  it("are not halved inside a zone, where one node may have seen both ends", () => {
    expect(count(report({ reporterNode: null, sourceNode: null, target: end("api", "a") }))).toEqual([
      [100, "single-report", "same-zone"],
    ]);
  });
  it("add up over the sender's nodes", () => {
    expect(count(report(), report({ sourceNode: "node-c", reporterNode: "node-c", bytesPerSecond: 50 }))).toEqual([
      [150, "sender-node", "cross-zone"],
    ]);
  });
});

describe("rows that are no flow of their own", () => {
  it("to a Service address repeat the row to the pod and are dropped, counted", () => {
    const result = countFlowsOnce("obi", [report(), report({ target: end("api", null, "Service") })]);
    expect(result).toMatchObject({ serviceCopyCount: 1, samples: [{ bytesPerSecond: 100 }] });
  });
  it("with an empty zone are kept and have no scope that could be priced", () => {
    expect(count(report({ target: end("", null, "") }))).toEqual([[100, "sender-node", "unknown"]]);
  });
});

it("reporting a flow from both ends never changes its bytes", () => {
  const zone = fc.constantFrom("a", "b", null);
  const node = fc.constantFrom("n1", "n2", "n3");
  const flow = fc.record({
    from: zone,
    to: zone,
    sender: node,
    receiver: node,
    bytes: fc.integer({ min: 0, max: 1e6 }),
  });
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 20 }), (flows) => {
      const once = flows.map(({ from, to, sender, bytes }) =>
        report({
          source: end("web", from),
          target: end("api", to),
          sourceNode: sender,
          reporterNode: sender,
          bytesPerSecond: bytes,
        }),
      );
      const twice = once.flatMap((one, at) => [one, { ...one, reporterNode: flows[at]?.receiver ?? null }]);
      const seenByOthers = twice.filter((one, at) => at % 2 === 0 || one.reporterNode !== one.sourceNode);
      expect(countFlowsOnce("obi", seenByOthers)).toEqual(countFlowsOnce("obi", once));
    }),
  );
});
