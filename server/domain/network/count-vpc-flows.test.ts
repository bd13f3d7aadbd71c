import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AddressPlace, countVpcFlows, isPublic } from "./count-vpc-flows.ts";
import { parseVpcFlowLog } from "./parse-vpc-flow-log.ts";

const HEADER =
  "version account-id interface-id instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr bytes start end action log-status flow-direction pkt-src-aws-service pkt-dst-aws-service";
const PLACES: Readonly<Record<string, AddressPlace>> = {
  "10.0.1.5": {
    end: { namespace: "shop", kind: "Deployment", name: "web", zone: "us-east-1a" },
    instanceId: "i-a",
  },
  "10.0.2.6": { end: { namespace: "shop", kind: "Deployment", name: "api", zone: "us-east-1b" }, instanceId: "i-b" },
  "10.0.2.1": { end: { namespace: "", kind: "Node", name: "node-b", zone: "us-east-1b" }, instanceId: "i-b" },
};
const HOUR = 1_795_320_000; // a full hour
const at = (seconds: number) => HOUR + seconds;
type Line = {
  readonly instance?: string;
  readonly from: string;
  readonly to: string;
  readonly hopFrom?: string;
  readonly hopTo?: string;
  readonly bytes: number;
  readonly start?: number;
  readonly end?: number;
  readonly action?: string;
  readonly status?: string;
  readonly direction?: string;
  readonly toService?: string;
};
const write = (line: Line) =>
  [
    5,
    "123456789010",
    "eni-1",
    line.instance ?? "i-a",
    line.hopFrom ?? line.from,
    line.hopTo ?? line.to,
    line.from,
    line.to,
    line.bytes,
    line.start ?? at(0),
    line.end ?? at(60),
    line.action ?? "ACCEPT",
    line.status ?? "OK",
    line.direction ?? "egress",
    "-",
    line.toService ?? "-",
  ].join(" ");
const count = (lines: readonly Line[], samplingRate = 1) =>
  countVpcFlows(parseVpcFlowLog([HEADER, ...lines.map(write)].join("\n")).lines, {
    placeOf: (address) => PLACES[address] ?? null,
    samplingRate,
  });
const bytesOf = (counted: ReturnType<typeof count>) =>
  counted.hours.flatMap(({ hourAtSeconds, reading, coveredSeconds }) =>
    reading.samples.map(
      (flow) =>
        `${(hourAtSeconds - HOUR) / 3600}h ${flow.source.name || "?"} > ${flow.target.name || "?"} ${flow.scope} ${flow.basis} ${Math.round(flow.bytesPerSecond * coveredSeconds)}`,
    ),
  );

describe("a flow between two machines of the cluster", () => {
  const there = { from: "10.0.1.5", to: "10.0.2.6", bytes: 1000 };
  it("counts as the sender's interface recorded it; the receiver's record is a copy", () => {
    const counted = count([
      { ...there, instance: "i-a", direction: "egress" },
      { ...there, instance: "i-b", direction: "ingress" },
    ]);
    expect(bytesOf(counted)).toEqual(["0h web > api cross-zone sender-node 1000"]);
    expect(counted).toMatchObject({ countedCount: 1, receiverCopyCount: 1, transferredBytes: 1000 });
  });
  it("is told from its copy by the instance where the log has no direction (version 3)", () => {
    const counted = count([
      { ...there, instance: "i-a", direction: "-" },
      { ...there, instance: "i-b", direction: "-" },
    ]);
    expect(bytesOf(counted)).toEqual(["0h web > api cross-zone sender-node 1000"]);
  });
  it("counts half where both interfaces recorded it and the log says nothing of them (version 2)", () => {
    const line = (eni: string) =>
      `2 123456789010 ${eni} 10.0.1.5 10.0.2.6 40000 80 6 10 1000 ${at(0)} ${at(60)} ACCEPT OK`;
    const counted = countVpcFlows(parseVpcFlowLog([line("eni-a"), line("eni-b")].join("\n")).lines, {
      placeOf: (address) => PLACES[address] ?? null,
      samplingRate: 1,
    });
    expect(bytesOf(counted)).toEqual(["0h web > api cross-zone halved 1000"]);
  });
});

describe("peers that are none of the cluster's", () => {
  it("stay visible: another machine of the network, a service of AWS, the internet", () => {
    const counted = count([
      { from: "10.0.1.5", to: "10.0.9.9", bytes: 10 },
      { from: "10.0.1.5", to: "52.216.1.1", bytes: 20, toService: "S3" },
      { from: "10.0.2.6", to: "8.8.8.8", bytes: 30, instance: "i-b" },
      { from: "10.0.9.9", to: "10.0.2.6", bytes: 40, instance: "i-b", direction: "ingress" },
    ]);
    expect(bytesOf(counted).sort()).toEqual([
      "0h ? > api unknown single-report 40",
      "0h api > ? internet single-report 30",
      "0h web > ? unknown single-report 10",
      "0h web > S3 internet single-report 20",
    ]);
    expect(counted.unknownPeerBytes).toBe(100);
  });
  it("behind a NAT are those of the packet, and the gateway's own record is a copy", () => {
    const counted = count([
      { from: "10.0.1.5", to: "93.184.216.34", bytes: 500 },
      {
        from: "10.0.1.5",
        to: "93.184.216.34",
        hopFrom: "10.0.1.5",
        hopTo: "10.0.3.3",
        bytes: 500,
        instance: "-",
        direction: "ingress",
      },
      { from: "10.0.1.5", to: "93.184.216.34", hopFrom: "10.0.3.3", bytes: 500, instance: "-" },
    ]);
    expect(bytesOf(counted)).toEqual(["0h web > ? internet single-report 500"]);
    expect(counted.gatewayCopyCount).toBe(2);
  });
  it("on both ends are left out and counted", () => {
    expect(count([{ from: "10.9.0.1", to: "10.9.0.2", bytes: 7 }])).toMatchObject({ outsideCount: 1, hours: [] });
  });
  it("of a pod on the host's network are the node's", () => {
    expect(bytesOf(count([{ from: "10.0.1.5", to: "10.0.2.1", bytes: 5 }]))).toEqual([
      "0h web > node-b cross-zone sender-node 5",
    ]);
  });
});

it("a record over two hours is divided by time, and hours know how much of them the log tells", () => {
  const counted = count([{ from: "10.0.1.5", to: "10.0.2.6", bytes: 600, start: at(3300), end: at(3900) }]);
  expect(bytesOf(counted)).toEqual([
    "0h web > api cross-zone sender-node 300",
    "1h web > api cross-zone sender-node 300",
  ]);
  expect(counted.hours.map((hour) => hour.coveredSeconds)).toEqual([300, 300]);
});

it("a sampled log counts each line as often as lines were dropped", () => {
  expect(count([{ from: "10.0.1.5", to: "10.0.2.6", bytes: 3 }], 100)).toMatchObject({ transferredBytes: 300 });
});

it("lines that are there twice, were rejected or have no data are left out, each counted", () => {
  const flow = { from: "10.0.1.5", to: "10.0.2.6", bytes: 9 };
  const text = [
    HEADER,
    write(flow),
    write(flow),
    write({ ...flow, action: "REJECT" }),
    `5 123456789010 eni-1 - - - - - - ${at(0)} ${at(60)} - NODATA - - -`,
    `5 123456789010 eni-1 - - - - - - ${at(0)} ${at(60)} - SKIPDATA - - -`,
    "5 123456789010 eni-1 i-a x",
  ].join("\n");
  const log = parseVpcFlowLog(text);
  expect(log).toMatchObject({
    lineCount: 6,
    duplicateCount: 1,
    rejectedCount: 1,
    noDataCount: 1,
    skippedDataCount: 1,
    unreadable: [{ lineNumber: 7, why: "has no source or destination address" }],
  });
  expect(log.lines).toHaveLength(1);
});

it("reads Athena's CSV with quotes and underscores as well, and refuses a header that cannot do", () => {
  const csv = `"interface_id","srcaddr","dstaddr","bytes","start","end"\n"eni-1","10.0.1.5","10.0.2.6","12","${at(0)}","${at(60)}"\n`;
  expect(parseVpcFlowLog(csv).lines).toMatchObject([{ bytes: 12, direction: null, instanceId: null }]);
  expect(parseVpcFlowLog("interface-id srcaddr dstaddr\neni a b").unreadable).toEqual([
    { lineNumber: 1, why: "has no field bytes" },
  ]);
});

it.each([
  ["10.1.2.3", false],
  ["172.31.0.1", false],
  ["172.32.0.1", true],
  ["100.64.0.1", false],
  ["8.8.8.8", true],
  ["fd00::1", false],
  ["2600::1", true],
])("%s is public: %s", (address, expected) => expect(isPublic(address)).toBe(expected));

it("never invents a byte: what counts is at most what the lines say, and the hours add up to it", () => {
  const address = fc.constantFrom("10.0.1.5", "10.0.2.6", "10.0.2.1", "10.0.9.9", "8.8.8.8");
  const line = fc.record({
    from: address,
    to: address,
    bytes: fc.integer({ min: 0, max: 1e9 }),
    start: fc.integer({ min: at(0), max: at(7000) }),
    instance: fc.constantFrom("i-a", "i-b", "-"),
    direction: fc.constantFrom("egress", "ingress", "-"),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (list) => {
      const counted = count(list.map((one) => ({ ...one, end: one.start + 60 })));
      const sum = counted.hours.reduce(
        (total, { reading, coveredSeconds }) =>
          total + reading.samples.reduce((bytes, flow) => bytes + flow.bytesPerSecond * coveredSeconds, 0),
        0,
      );
      expect(Math.abs(sum - counted.transferredBytes)).toBeLessThan(1);
      expect(counted.transferredBytes).toBeLessThanOrEqual(list.reduce((total, one) => total + one.bytes, 0));
    }),
  );
});
