import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { type FlowEnd, type FlowReading, type FlowSample, scopeOfZones } from "../domain/network/flow-sample.ts";
import { known } from "../domain/reading.ts";
import type { EndpointSliceFacts, ServiceFacts } from "../domain/snapshot.ts";
import { inTransaction } from "../store/db.ts";
import { saveBackfilledFlows } from "../store/flows.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { saveServiceRouting } from "../store/service-routing.ts";
import { saveParts } from "../store/snapshots.ts";
import { anEndpoint, anEndpointSlice, aService } from "./builders/objects.ts";

const HOUR_MS = 3_600_000;
const GB = 1e9;

/** A Service of tests with its endpoints' zones; its pods are those of the workload of the same name. */
export type TestService = {
  readonly team: string;
  readonly zones: readonly string[];
  readonly trafficDistribution?: string | null;
  readonly hasHints?: boolean;
};

export const nameOf = (team: string) => ({ namespace: `${team}-space`, name: `${team}-web` });
export const flowEnd = (team: string, zone: string | null, name = `${team}-web`): FlowEnd => ({
  namespace: `${team}-space`,
  kind: "Deployment",
  name,
  zone,
});
export const flowOf = (source: FlowEnd, target: FlowEnd, bytesPerHour: number): FlowSample => ({
  adapter: "beyla",
  source,
  target,
  scope: scopeOfZones(source.zone, target.zone),
  basis: "sender-node",
  bytesPerSecond: bytesPerHour / 3600,
});
export const readingOf = (samples: readonly FlowSample[]): FlowReading => ({
  adapter: "beyla",
  capability: "pair-with-zones",
  samples,
  serviceCopyCount: 0,
  samplingRate: null,
});
export const teamOfEnd = ({ namespace }: FlowEnd) => (namespace === "" ? null : namespace.replace("-space", ""));

function serviceFacts({ team, trafficDistribution }: TestService): ServiceFacts {
  return aService({ ...nameOf(team), labels: {}, trafficDistribution: trafficDistribution ?? null });
}

function sliceFacts({ team, zones, hasHints }: TestService): EndpointSliceFacts {
  const { namespace, name } = nameOf(team);
  const endpoints = zones.map((zone, index) =>
    anEndpoint({ podName: `${name}-${index}`, zone, hintZones: hasHints === true ? [zone] : null }),
  );
  return anEndpointSlice({ namespace, name: `${name}-x`, serviceName: name, endpoints });
}

/** Services and EndpointSlices as an inventory read at `at` would have left them. */
export async function storeServices(
  pool: Pool,
  clusterId: number,
  services: readonly TestService[],
  at: Date,
): Promise<void> {
  const facts = services.map(serviceFacts);
  await inTransaction(pool, async (client) => {
    const parts = { services: known(facts, at), endpointSlices: known(services.map(sliceFacts), at) };
    await saveParts(client, clusterId, randomUUID(), parts);
    await saveServiceRouting(client, clusterId, facts, at);
  });
}

/** Whole hours up to `until`; `samplesAt` says what flowed in each. */
export async function storeFlows(
  pool: Pool,
  clusterId: number,
  span: { readonly until: Date; readonly hourCount: number },
  samplesAt: (hourAt: Date) => readonly FlowSample[],
): Promise<void> {
  const last = Math.floor(span.until.getTime() / HOUR_MS) * HOUR_MS;
  const hours = Array.from({ length: span.hourCount }, (_, index) => new Date(last - (index + 1) * HOUR_MS));
  await ensurePartitions(pool, hours.at(-1) ?? span.until, span.until);
  await inTransaction(pool, (client) =>
    saveBackfilledFlows(
      client,
      clusterId,
      hours.map((hourAt) => ({ hourAt, reading: readingOf(samplesAt(hourAt)) })),
      teamOfEnd,
    ),
  );
}

/** Two teams' Services that talk with each other across zones, a day of it. */
export async function storeTwoTeamsTraffic(pool: Pool, clusterId: number, at: Date): Promise<void> {
  const zones = ["eu-1a", "eu-1b"];
  await storeServices(
    pool,
    clusterId,
    [
      { team: "acme", zones },
      { team: "zorro", zones },
    ],
    at,
  );
  await storeFlows(pool, clusterId, { until: at, hourCount: 24 }, () => [
    flowOf(flowEnd("acme", "eu-1a"), flowEnd("zorro", "eu-1b"), 3 * GB),
    flowOf(flowEnd("zorro", "eu-1b"), flowEnd("acme", "eu-1a"), GB),
    flowOf(flowEnd("acme", "eu-1a", "acme-job"), flowEnd("acme", "eu-1b"), GB),
    flowOf(flowEnd("zorro", "eu-1b", "zorro-job"), flowEnd("zorro", "eu-1a"), GB),
  ]);
}
