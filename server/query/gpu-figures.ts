import type { Figure } from "../contract/common.ts";
import type { DeviceHours, DeviceState, GpuDevice } from "../contract/gpu.ts";
import type { z } from "../contract/zod.ts";
import type { DeviceHolder } from "../domain/gpu/device-model.ts";
import type { DividedDevice } from "../domain/gpu/device-shares.ts";
import { AppError } from "../errors.ts";
import type { GpuDeviceRow, HourRange } from "../store/sql/read-gpu.ts";
import type { Scope } from "../store/sql/rows.ts";
import { unknownFigure, valueFigure } from "./figures.ts";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_RANGE_MS = 92 * DAY_MS;
const BUCKETS = 120;

/** Whole hours, as they are stored: the hour that `from` lies in is part of the range. */
export function toHourRange(query: { from?: string | undefined; to?: string | undefined }, now: Date): HourRange {
  const to = query.to === undefined ? now : new Date(query.to);
  const asked = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
  if (asked >= to) throw new AppError("invalid-input", "from must be before to.");
  if (to.getTime() - asked.getTime() > MAX_RANGE_MS)
    throw new AppError("invalid-input", "Hours of devices are kept for 90 days; ask for a shorter range.");
  return { from: new Date(Math.floor(asked.getTime() / HOUR_MS) * HOUR_MS), to };
}

/** A step of whole hours that leaves no more buckets than a chart has room for. */
export function toStepSeconds({ from, to }: HourRange): number {
  return Math.max(1, Math.ceil((to.getTime() - from.getTime()) / HOUR_MS / BUCKETS)) * 3_600;
}

type Hours = z.infer<typeof DeviceHours>;
export type CostedHours = {
  readonly state: DeviceState;
  readonly hours: number;
  readonly pricedHours: number;
  readonly cost: number | null;
};

export function hoursByState(rows: readonly CostedHours[]): Hours {
  const hours = { free: 0, active: 0, "held-idle": 0, "held-unknown": 0, unavailable: 0 };
  for (const row of rows) hours[row.state] += row.hours;
  return hours;
}

/** Cost of device-hours: unknown where no hour has a price, else a value that says for how many hours it stands. */
export function costOf(rows: readonly CostedHours[], currency: string, state?: DeviceState): Figure {
  const unit = `money:${currency}` as const;
  const own = state === undefined ? rows : rows.filter((row) => row.state === state);
  const hours = own.reduce((sum, row) => sum + row.hours, 0);
  const priced = own.reduce((sum, row) => sum + row.pricedHours, 0);
  if (hours > 0 && priced === 0) return unknownFigure(unit, "not-configured", "no price row for these devices");
  // Whole cents where the rows are; the rest is noise of adding.
  const cost = Math.round(own.reduce((sum, row) => sum + (row.cost ?? 0), 0) * 1e6) / 1e6;
  const isWhole = priced >= hours * (1 - 1e-9);
  return valueFigure(cost, unit, isWhole ? {} : { part: { covered: Math.floor(priced), of: Math.ceil(hours) } });
}

/** The number behind a cost, null when it does not stand for all its hours. */
export function wholeCost(figure: Figure): number | null {
  return figure.state === "value" && figure.part === undefined ? figure.value : null;
}

/** What dividing looks at, out of a stored row. */
export function toDivided(row: GpuDeviceRow): DividedDevice & { readonly hasTelemetry: boolean } {
  return {
    id: row.id,
    state: row.state,
    holders: row.holders,
    partitions: row.facts.partitions,
    activityRatio: row.activityRatio,
    hasTelemetry: row.facts.hasTelemetry,
  };
}

/** Whether a holder belongs to the teams of a scope; what nobody holds is seen only without a bound. */
export function seesHolder(scope: Scope): (holder: DeviceHolder | null) => boolean {
  const { teams } = scope;
  if (teams === null) return () => true;
  const seen = new Set(teams);
  return (holder) => holder !== null && seen.has(holder.team ?? "");
}

/** One device over HTTP; holders that the scope does not see are left out, and partitions that only they hold. */
export function toDevice(row: GpuDeviceRow, cluster: string, scope: Scope): GpuDevice {
  const sees = seesHolder(scope);
  const { facts } = row;
  const at = row.observedAt;
  const measured = (value: number | null, unit: "ratio" | "bytes" | "watts", ref: string | null): Figure => {
    if (value === null)
      return facts.hasTelemetry
        ? { state: "not-exposed", unit, detail: "the exporter has no such series for this device" }
        : unknownFigure(
            unit,
            row.holders.length === 0 ? "not-configured" : "stale",
            "nothing is heard from the device",
          );
    const evidence =
      ref === null
        ? undefined
        : [{ kind: "metric" as const, ref, subject: row.id, observed: String(value), at: at.toISOString() }];
    return valueFigure(value, unit, { at, evidence });
  };
  const holders = (all: readonly DeviceHolder[]) => all.filter(sees).map(toHolder);
  return {
    cluster,
    id: row.id,
    nodeName: row.nodeName,
    pool: row.pool,
    vendor: row.vendor,
    model: row.model,
    access: facts.access,
    sharing: row.sharing,
    state: row.state,
    stateReason: facts.stateReason,
    hasTelemetry: facts.hasTelemetry,
    activityMetric: row.activityMetric,
    activity: measured(row.activityRatio, "ratio", row.activityMetric),
    memoryUsed: measured(row.memoryUsedBytes, "bytes", null),
    memoryBytes: row.memoryBytes,
    power: measured(row.powerWatts, "watts", null),
    lastErrorCode: facts.lastErrorCode,
    holders: holders(row.holders),
    partitions: facts.partitions
      .filter((partition) => scope.teams === null || partition.holders.some(sees))
      .map((partition) => ({ ...partition, holders: holders(partition.holders) })),
    observedAt: at.toISOString(),
  };
}

function toHolder({ namespace, pod, workload, team, attribution, claim }: DeviceHolder): GpuDevice["holders"][number] {
  return { namespace, pod, workload, team, attribution, claim: claim?.name ?? null };
}
