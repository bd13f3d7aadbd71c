import { z } from "zod";
import { SimulateQuery } from "../contract/network.ts";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import { type MeasuredOutcome, measureOutcome } from "../domain/actions/measure-outcome.ts";
import { heldSince } from "../domain/actions/propose-jobs.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { completeDays } from "../domain/cost/complete-days.ts";
import { hasNativeSidecar } from "../domain/features/checks/native-sidecars.ts";
import { valueOrNull } from "../domain/reading.ts";
import { getNetworkSimulation } from "../query/get-network-simulation.ts";
import {
  type AcceptedAction,
  type ActionOutcomeRow,
  loadAcceptedActions,
  loadCostByDay,
  saveOutcome,
} from "../store/actions.ts";
import { loadRecordedDays } from "../store/cost-anomalies.ts";
import { inTransaction } from "../store/db.ts";
import type { ActionInput } from "./action-inputs.ts";

const DAY_MS = 86_400_000;
/** Requests are rounded when they are written; this much more still counts as done. */
const TOLERANCE = 1.1;
const WINDOW_DAYS = 60;
const ROUTE_DAYS = 7;

/** What is needed of an action as it was when it was accepted. */
const Accepted = z.object({
  kind: z.string(),
  namespace: z.string().nullable(),
  objectKind: z.string(),
  name: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  removedNodes: z.array(z.string()).default([]),
  freedCostPerMonth: z.object({ state: z.string(), value: z.number().optional() }),
});
type Accepted = z.infer<typeof Accepted>;
type Seen = Pick<ActionOutcomeRow, "state" | "evidence">;

/**
 * Looks whether accepted actions were applied – by inventory, as nobody tells us – and what they brought, by the cost of the days
 * before and since.
 */
export async function followActions(input: ActionInput): Promise<void> {
  const { context, cluster, now } = input;
  for (const accepted of await loadAcceptedActions(context.pool, cluster.name)) {
    const parsed = Accepted.safeParse(accepted.action);
    if (!parsed.success) continue;
    const outcome = await followOne(input, accepted, parsed.data);
    await inTransaction(context.pool, (client) => saveOutcome(client, { ...outcome, checkedAt: now }));
  }
}

async function followOne(
  input: ActionInput,
  accepted: AcceptedAction,
  action: Accepted,
): Promise<Omit<ActionOutcomeRow, "checkedAt">> {
  const seen = await look(input, action);
  const appliedAt = seen.state === "applied" || seen.state === "gone" ? (accepted.appliedAt ?? input.now) : null;
  const measured: MeasuredOutcome =
    appliedAt === null ? { costPerMonth: null, days: 0 } : await measure(input, accepted, action, appliedAt);
  return {
    actionId: accepted.id,
    ...seen,
    appliedAt,
    forecastCostPerMonth: action.freedCostPerMonth.value ?? null,
    measuredCostPerMonth: measured.costPerMonth,
    measuredDays: measured.days,
  };
}

const NOT_YET = (ref: string, observed: string): Seen => ({ state: "not-yet", evidence: [{ ref, observed }] });
const DONE = (ref: string, observed: string): Seen => ({ state: "applied", evidence: [{ ref, observed }] });
const GONE = (ref: string): Seen => ({ state: "gone", evidence: [{ ref, observed: "not there any more" }] });
const UNKNOWN = (ref: string): Seen => ({ state: "unknown", evidence: [{ ref, observed: "not read" }] });

async function look(input: ActionInput, action: Accepted): Promise<Seen> {
  const { parts } = input.snapshot;
  const ref = `${action.objectKind}/${action.namespace ?? ""}/${action.name}`;
  switch (action.kind) {
    case "right-size":
    case "swap-pool":
      return lookAtRequests(input, action, ref);
    case "release-devices":
      return lookAtDevices(input, action, ref);
    case "consolidate-nodes": {
      const nodes = valueOrNull(parts.nodes);
      if (nodes === null) return UNKNOWN("nodes");
      const there = action.removedNodes.filter((name) => nodes.some((node) => node.name === name)).length;
      const text = `${action.removedNodes.length - there} of ${action.removedNodes.length} nodes gone`;
      return there === 0 && action.removedNodes.length > 0 ? DONE("nodes", text) : NOT_YET("nodes", text);
    }
    case "route-by-zone": {
      const services = valueOrNull(parts.services);
      if (services === null) return UNKNOWN("services");
      const own = services.find(({ namespace, name }) => namespace === action.namespace && name === action.name);
      if (own === undefined) return GONE(ref);
      const setting = own.trafficDistribution;
      return setting === null
        ? NOT_YET(`${ref}, trafficDistribution`, "not set")
        : DONE(`${ref}, trafficDistribution`, setting);
    }
    case "remove-volume": {
      const volumes = valueOrNull(parts.volumes);
      if (volumes === null) return UNKNOWN("volumes");
      const volume = String(action.facts.volume ?? "");
      const own = volumes.find(({ name }) => name === volume);
      return own === undefined
        ? DONE(`PersistentVolume/${volume}`, "removed")
        : NOT_YET(`PersistentVolume/${volume}`, own.phase);
    }
    case "job-policy":
      return lookAtJob(input, action, ref);
    case "use-feature": {
      const { rows } = await input.context.pool.query<{ verdict: string }>(
        `SELECT verdict FROM verdict WHERE cluster_id = $1 AND feature = $2`,
        [input.cluster.id, action.name],
      );
      const verdict = rows[0]?.verdict;
      if (verdict === undefined) return UNKNOWN(action.name);
      return verdict === "in-use" || verdict === "effective"
        ? DONE(action.name, verdict)
        : NOT_YET(action.name, verdict);
    }
    default:
      return UNKNOWN(ref);
  }
}

async function lookAtRequests({ context, cluster }: ActionInput, action: Accepted, ref: string): Promise<Seen> {
  const { rows } = await context.pool.query<{ pods: number; cpu: number | null; memory: number | null }>(
    `SELECT pod_count AS pods, cpu_cores_requested AS cpu, memory_bytes_requested AS memory FROM workload
      WHERE cluster_id = $1 AND namespace = $2 AND kind = $3 AND name = $4`,
    [cluster.id, action.namespace, action.objectKind, action.name],
  );
  const [now] = rows;
  if (now === undefined) return GONE(ref);
  if (now.pods === 0) return UNKNOWN(`${ref}, pods`);
  const podsThen = Number(action.facts.podCount ?? 0);
  const isWithin = (wanted: unknown, requested: number | null) =>
    typeof wanted !== "number" ||
    podsThen <= 0 ||
    (requested !== null && requested / now.pods <= (wanted / podsThen) * TOLERANCE);
  const text = `${round(now.cpu)} cores, ${round(now.memory)} bytes over ${now.pods} pods`;
  return isWithin(action.facts.cpuCoresWanted, now.cpu) && isWithin(action.facts.memoryBytesWanted, now.memory)
    ? DONE(`${ref}, requests`, text)
    : NOT_YET(`${ref}, requests`, text);
}

function round(value: number | null): string {
  return value === null ? "no" : String(Math.round(value * 1000) / 1000);
}

async function lookAtDevices({ context, cluster }: ActionInput, action: Accepted, ref: string): Promise<Seen> {
  const { rows } = await context.pool.query<{ held: number; read: number }>(
    `SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(holders) h
              WHERE h->>'namespace' = $2 AND coalesce(h#>>'{workload,name}', h->>'pod') = $3))::int AS held, count(*)::int AS read
       FROM gpu_device WHERE cluster_id = $1`,
    [cluster.id, action.namespace, action.name],
  );
  const { held, read } = rows[0] ?? { held: 0, read: 0 };
  if (read === 0) return UNKNOWN("devices");
  const before = Number(action.facts.deviceCount ?? 0);
  const isDone = action.facts.verb === "release" ? held === 0 : held < before;
  return isDone ? DONE(`${ref}, devices`, String(held)) : NOT_YET(`${ref}, devices`, String(held));
}

function lookAtJob({ snapshot }: ActionInput, action: Accepted, ref: string): Seen {
  const pods = valueOrNull(snapshot.parts.pods);
  const jobs = valueOrNull(snapshot.parts.jobs) ?? [];
  const cronJobs = valueOrNull(snapshot.parts.cronJobs) ?? [];
  if (pods === null) return UNKNOWN("pods");
  const isOwn = (item: { readonly namespace: string; readonly name: string }) =>
    item.namespace === action.namespace && item.name === action.name;
  const spec = cronJobs.find(isOwn)?.jobSpec ?? jobs.find(isOwn)?.spec;
  if (spec === undefined) return GONE(ref);
  if (action.facts.policy === "native-sidecars") {
    const held = pods.filter((pod) => pod.namespace === action.namespace && heldSince(pod) !== null).length;
    return hasNativeSidecar(spec.template) ? DONE(ref, "native sidecar") : NOT_YET(ref, `${held} pods held`);
  }
  return spec.podFailurePolicyRules !== null ? DONE(ref, "podFailurePolicy") : NOT_YET(ref, "no podFailurePolicy");
}

const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  "right-size": ["cpu", "memory"],
  "swap-pool": ["memory"],
  "release-devices": ["gpu"],
  "consolidate-nodes": ["cpu", "memory", "gpu"],
  "remove-volume": ["storage"],
  "job-policy": ["cpu", "memory"],
};

async function measure(
  input: ActionInput,
  accepted: AcceptedAction,
  action: Accepted,
  appliedAt: Date,
): Promise<MeasuredOutcome> {
  const { context, cluster, now } = input;
  const { timeZone } = context.config.billing;
  if (action.kind === "route-by-zone") return measureRoute(input, action, appliedAt);
  const resources = RESOURCES[action.kind];
  if (resources === undefined) return { costPerMonth: null, days: 0 };
  const from = dayIn(
    timeZone,
    new Date(Math.max(accepted.decidedAt.getTime() - 10 * DAY_MS, now.getTime() - WINDOW_DAYS * DAY_MS)),
  );
  const today = dayIn(timeZone, now);
  const recorded = await loadRecordedDays(context.pool, cluster.id, from, today);
  const complete = [
    ...completeDays(
      recorded.map((row) => ({ clusterId: cluster.id, ...row })),
      [cluster.id],
      today,
    ),
  ].sort();
  // A released volume has no holder: what the cluster's volumes cost tells.
  const isWhole = action.kind === "consolidate-nodes" || action.objectKind === "PersistentVolume";
  const costs = await loadCostByDay(context.pool, cluster.id, {
    workload: isWhole ? null : { namespace: action.namespace ?? "", kind: action.objectKind, name: action.name },
    resources,
    from,
  });
  return measureOutcome(
    new Map(costs.map(({ day, cost }) => [day, cost])),
    complete,
    dayIn(timeZone, accepted.decidedAt),
    dayIn(timeZone, appliedAt),
  );
}

/** A Service has no cost line of its own: what its traffic costs now, by the days since, against what it cost when accepted. */
async function measureRoute(
  { cluster, now }: ActionInput,
  action: Accepted,
  appliedAt: Date,
): Promise<MeasuredOutcome> {
  const days = Math.min(ROUTE_DAYS, Math.floor((now.getTime() - appliedAt.getTime()) / DAY_MS));
  const before = action.facts.measuredCostPerMonth;
  if (days < 1 || typeof before !== "number") return { costPerMonth: null, days: 0 };
  const { services } = await getNetworkSimulation(
    LOOPBACK_VIEWER,
    SimulateQuery.parse({ cluster: cluster.name, namespace: action.namespace, service: action.name, days }),
    now,
  );
  const after = services[0]?.measuredCostPerMonth ?? null;
  return { costPerMonth: after === null ? null : before - after, days };
}
