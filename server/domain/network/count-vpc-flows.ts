import {
  type FlowBasis,
  type FlowEnd,
  type FlowReading,
  type FlowSample,
  type FlowScope,
  mergeFlows,
  scopeOfZones,
} from "./flow-sample.ts";
import type { VpcFlowLine } from "./parse-vpc-flow-log.ts";

/** What the inventory says of an address; `instanceId` is the machine that it sits on. */
export type AddressPlace = { readonly end: FlowEnd; readonly instanceId: string | null };
export type VpcContext = {
  /** The pod of an address (its own, not the host's), else the node; `null` = none of the cluster's. */
  readonly placeOf: (address: string) => AddressPlace | null;
  /** One line in so many was kept when the log was exported. */
  readonly samplingRate: number;
};
export type VpcHour = {
  readonly hourAtSeconds: number;
  readonly reading: FlowReading;
  /** Seconds of the hour that the log tells of. */
  readonly coveredSeconds: number;
};
export type CountedVpcFlows = {
  readonly hours: readonly VpcHour[];
  readonly countedCount: number;
  /** Neither end is a pod or a node of the cluster. */
  readonly outsideCount: number;
  /** The receiver's record of a flow whose sender's record counts. */
  readonly receiverCopyCount: number;
  /** Recorded a second time by an interface that belongs to no machine: NAT gateway, load balancer, endpoint. */
  readonly gatewayCopyCount: number;
  readonly transferredBytes: number;
  readonly unknownPeerBytes: number;
};

const HOUR = 3_600;

/**
 * Lines of a VPC flow log → flows counted once, by hour.
 *
 * Basis: between two machines of the cluster both interfaces record a flow. The sender's record counts: by `flow-direction`
 * (version 5), else by the instance that recorded it (version 3); where neither is in the log, both are taken to be there and each
 * counts half. With one end in the cluster, the record of the cluster's end counts. A record of an interface without an instance
 * repeats what a machine's interface recorded. A record that spans two hours is divided by time. Addresses are those of today's
 * inventory: a pod that is gone is an unknown peer, and so are NAT gateways and everything else in the network; they stay visible.
 * Unit: bytes of the hour as bytes per second over the covered part. Errors: none.
 */
export function countVpcFlows(lines: readonly VpcFlowLine[], context: VpcContext): CountedVpcFlows {
  const byHour = new Map<number, FlowSample[]>();
  const counts = { countedCount: 0, outsideCount: 0, receiverCopyCount: 0, gatewayCopyCount: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let transferredBytes = 0;
  let unknownPeerBytes = 0;
  for (const line of lines) {
    first = Math.min(first, line.startSeconds);
    last = Math.max(last, line.endSeconds);
    const source = context.placeOf(line.sourceAddress);
    const target = context.placeOf(line.targetAddress);
    const basis = basisOf(line, source, target);
    if (basis === "outside") counts.outsideCount += 1;
    else if (basis === "receiver-copy") counts.receiverCopyCount += 1;
    else if (basis === "gateway-copy") counts.gatewayCopyCount += 1;
    else {
      counts.countedCount += 1;
      const from = source?.end ?? peerOf(line.sourceAwsService);
      const to = target?.end ?? peerOf(line.targetAwsService);
      const bytes = line.bytes * context.samplingRate * (basis === "halved" ? 0.5 : 1);
      transferredBytes += bytes;
      if (source === null || target === null) unknownPeerBytes += bytes;
      const scope = scopeOf(
        from,
        to,
        source === null ? line.sourceAddress : target === null ? line.targetAddress : null,
      );
      for (const [hour, share] of hoursOf(line)) {
        const samples = byHour.get(hour) ?? [];
        byHour.set(hour, samples);
        samples.push({
          adapter: "vpc-flow-log",
          source: from,
          target: to,
          scope,
          basis,
          bytesPerSecond: bytes * share,
        });
      }
    }
  }
  const hours = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([hourAtSeconds, samples]): VpcHour => {
      const coveredSeconds = Math.max(1, Math.min(last, hourAtSeconds + HOUR) - Math.max(first, hourAtSeconds));
      return {
        hourAtSeconds,
        coveredSeconds,
        reading: {
          adapter: "vpc-flow-log",
          capability: "pair-with-zones",
          samples: mergeFlows(samples).map((flow) => ({
            ...flow,
            bytesPerSecond: flow.bytesPerSecond / coveredSeconds,
          })),
          serviceCopyCount: 0,
          samplingRate: context.samplingRate === 1 ? null : context.samplingRate,
        },
      };
    });
  return { hours, ...counts, transferredBytes, unknownPeerBytes };
}

type Verdict =
  | Extract<FlowBasis, "sender-node" | "single-report" | "halved">
  | "outside"
  | "receiver-copy"
  | "gateway-copy";

function basisOf(line: VpcFlowLine, source: AddressPlace | null, target: AddressPlace | null): Verdict {
  if (source === null && target === null) return "outside";
  if (line.instanceId === "") return "gateway-copy";
  const recorded = recorderOf(line, source, target);
  if (source !== null && target !== null) {
    if (source.instanceId !== null && source.instanceId === target.instanceId) return "single-report";
    return recorded === "sender" ? "sender-node" : recorded === "receiver" ? "receiver-copy" : "halved";
  }
  const own = source === null ? "receiver" : "sender";
  return recorded === null || recorded === own ? "single-report" : "gateway-copy";
}

function recorderOf(
  line: VpcFlowLine,
  source: AddressPlace | null,
  target: AddressPlace | null,
): "sender" | "receiver" | null {
  if (line.direction !== null) return line.direction === "egress" ? "sender" : "receiver";
  if (line.instanceId === null) return null;
  if (line.instanceId === source?.instanceId) return "sender";
  return line.instanceId === target?.instanceId ? "receiver" : null;
}

/** A public service of AWS has a name in version 5; everything else outside the cluster has none. */
function peerOf(awsService: string | null): FlowEnd {
  return awsService === null
    ? { namespace: "", kind: "", name: "", zone: null }
    : { namespace: "aws", kind: "AwsService", name: awsService, zone: null };
}

function scopeOf(source: FlowEnd, target: FlowEnd, foreignAddress: string | null): FlowScope {
  if (foreignAddress !== null && isPublic(foreignAddress)) return "internet";
  return scopeOfZones(source.zone, target.zone);
}

/** Not of the ranges that RFC 1918, 6598, 3927 and 4193 keep for private use. */
export function isPublic(address: string): boolean {
  if (address.includes(":")) return !/^(f[cd]|fe[89ab]|::1$)/i.test(address);
  const [a = 0, b = 0] = address.split(".").map(Number);
  return !(
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

function hoursOf({ startSeconds, endSeconds }: VpcFlowLine): [number, number][] {
  const span = Math.max(1, endSeconds - startSeconds);
  const found: [number, number][] = [];
  for (let hour = Math.floor(startSeconds / HOUR) * HOUR; hour < startSeconds + span; hour += HOUR) {
    found.push([hour, (Math.min(hour + HOUR, startSeconds + span) - Math.max(hour, startSeconds)) / span]);
  }
  return found;
}
