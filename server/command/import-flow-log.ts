import { randomUUID } from "node:crypto";
import type { FlowLogImport, FlowLogInput } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { type AddressPlace, countVpcFlows } from "../domain/network/count-vpc-flows.ts";
import type { FlowEnd } from "../domain/network/flow-sample.ts";
import { parseVpcFlowLog } from "../domain/network/parse-vpc-flow-log.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { type AddressRow, readAddresses, readFlowTeams } from "../store/sql/read-addresses.ts";
import { readClusters } from "../store/sql/read-clusters.ts";
import { readOtherFlowHours, saveFlowImport } from "../store/sql/write-flow-import.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

const DAY_MS = 86_400_000;
/** As long as flows are kept by default; what is older would be dropped at once. */
const OLDEST_DAYS = 731;

/**
 * Takes flows out of a VPC flow log, for a cluster that no other source tells of. The hours of the log are replaced; parts with the
 * same `importId` add to each other.
 * Errors: `not-found` for a cluster that is not there; `conflict` when another flow source told of the same hours (the bytes would
 * count twice); `invalid-input` when not a line could be read.
 */
export async function importFlowLog(viewer: Viewer, input: FlowLogInput, request: Request): Promise<FlowLogImport> {
  requireRole(viewer, "finance");
  const { pool } = getStore();
  const log = parseVpcFlowLog(input.text);
  if (log.lines.length === 0 && log.unreadable.length > 0)
    throw new AppError("invalid-input", `Line ${log.unreadable[0]?.lineNumber}: ${log.unreadable[0]?.why}.`);
  const times = log.lines.flatMap((line) => [line.startSeconds * 1000, line.endSeconds * 1000]);
  const [first, last] = times.length === 0 ? [0, 0] : [min(times), -min(times.map((time) => -time))];
  if (times.length > 0) {
    const now = Date.now();
    if (first < now - OLDEST_DAYS * DAY_MS || last > now + DAY_MS)
      throw new AppError("invalid-input", "The log has times that are older than two years or lie in the future.");
    await ensurePartitions(pool, new Date(first - DAY_MS), new Date(last + DAY_MS));
  }
  return changeWithAudit(viewer, request, async (client) => {
    const mayRead = viewer.clusters === "all" || viewer.clusters.includes(input.cluster);
    const [cluster] = mayRead ? await readClusters(client, [input.cluster]) : [];
    if (cluster === undefined) throw new AppError("not-found", "There is no such cluster.", { cluster: input.cluster });
    const counted = countVpcFlows(log.lines, {
      placeOf: placesOf(await readAddresses(client, cluster.id)),
      samplingRate: input.samplingRate,
    });
    const hours = counted.hours.map((hour) => new Date(hour.hourAtSeconds * 1000));
    const [other] = await readOtherFlowHours(client, cluster.id, hours);
    if (other !== undefined)
      throw new AppError(
        "conflict",
        `${other.adapter} told of ${other.hourCount} of these hours: bytes would count twice.`,
        {
          adapter: other.adapter,
        },
      );
    const teams = await readFlowTeams(client, cluster.id);
    const teamOf = (end: FlowEnd) =>
      teams.get(`${end.namespace}/${end.kind}/${end.name}`) ?? teams.get(`namespace/${end.namespace}`) ?? null;
    const leftOut = {
      duplicate: log.duplicateCount,
      rejected: log.rejectedCount,
      noData: log.noDataCount,
      skippedData: log.skippedDataCount,
      bothEndsOutside: counted.outsideCount,
      receiverCopy: counted.receiverCopyCount,
      gatewayCopy: counted.gatewayCopyCount,
      unreadable: log.unreadable.length,
    };
    const part = {
      id: input.importId ?? randomUUID(),
      clusterId: cluster.id,
      fileName: input.fileName,
      lineCount: log.lineCount,
      countedCount: counted.countedCount,
      leftOut,
      bytes: counted.transferredBytes,
      unknownPeerBytes: counted.unknownPeerBytes,
      samplingRate: input.samplingRate,
      importedBy: viewer.name,
    };
    const hourCount = await saveFlowImport(client, part, counted.hours, teamOf);
    const end = counted.hours.at(-1);
    return {
      result: {
        hourCount,
        unreadable: log.unreadable.slice(0, 50),
        record: {
          id: part.id,
          cluster: cluster.name,
          fileName: part.fileName,
          from: hours[0]?.toISOString() ?? null,
          to: end === undefined ? null : new Date((end.hourAtSeconds + end.coveredSeconds) * 1000).toISOString(),
          lineCount: part.lineCount,
          countedCount: part.countedCount,
          leftOut,
          bytes: part.bytes,
          unknownPeerBytes: part.unknownPeerBytes,
          samplingRate: part.samplingRate,
          importedAt: new Date().toISOString(),
          importedBy: viewer.name,
        },
      },
      event: "network-flow-log.imported",
      subject: `cluster/${input.cluster}`,
      detail: { import: part.id, lines: log.lineCount, counted: counted.countedCount, hours: hourCount },
    };
  });
}

function min(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

/** A pod by its own address; an address of the host is the node, whichever pod used it. */
function placesOf(rows: readonly AddressRow[]): (address: string) => AddressPlace | null {
  const places = new Map<string, AddressPlace>();
  for (const row of rows) {
    const end = { namespace: row.namespace, kind: row.kind, name: row.name, zone: row.zone };
    places.set(row.address, { end, instanceId: row.instanceId });
  }
  return (address) => places.get(address) ?? null;
}
