import type { RoutingForecast } from "../contract/network.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { type ServiceTraffic, settingOf, toServiceTraffic } from "../domain/network/service-flows.ts";
import { getStore } from "../store/client.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readFlowCells, readFlowCovered } from "../store/sql/read-flows.ts";
import { readServiceRouting } from "../store/sql/read-network-estimate.ts";
import { type NetworkBase, withDays } from "./network-base.ts";
import { type ClusterServices, hoursOf, isPlaceable, toCell } from "./network-flows.ts";
import { pairPrice, simulate } from "./network-services.ts";

const DAY_MS = 86_400_000;
const BEFORE_DAYS = 7;
const AFTER_DAYS = 30;

/**
 * A Service's routing preference held against the simulator's forecast for it; `null` = it has none, or nothing of it was measured.
 * `traffic` and `coveredHours` are those of the page's window.
 */
export async function loadForecast(
  base: NetworkBase,
  cluster: ClusterRow,
  services: ClusterServices,
  traffic: ServiceTraffic,
  coveredHours: number,
  now: Date,
): Promise<RoutingForecast | null> {
  const { service } = traffic.routed;
  const setting = settingOf(service);
  if (setting === null || service.isHeadless) return null;
  const routing = await readServiceRouting(getStore().pool, cluster.id, service);
  const since =
    routing === null || routing.isFirst || routing.setting !== service.trafficDistribution ? null : routing.observedAt;
  const ofWindow = { traffic, hours: coveredHours, days: base.days };
  if (since === null) return toForecast(setting, null, null, ofWindow, ofWindow);
  const { timeZone } = base.installation;
  const day = (offset: number) => dayIn(timeZone, new Date(since.getTime() + offset * DAY_MS));
  const today = dayIn(timeZone, now);
  const beforeDays = Array.from({ length: BEFORE_DAYS }, (_, index) => day(index - BEFORE_DAYS));
  const sinceDays = Array.from({ length: AFTER_DAYS }, (_, index) => day(index + 1)).filter((one) => one <= today);
  const [before, after] = await Promise.all([measure(beforeDays), measure(sinceDays)]);
  return toForecast(setting, since, before, before ?? ofWindow, after);

  async function measure(days: readonly string[]): Promise<Measured | null> {
    if (days.length === 0) return null;
    const { pool } = getStore();
    const own = await withDays(base, days, now);
    const [rows, covered] = await Promise.all([
      readFlowCells(pool, own.part),
      readFlowCovered(pool, [cluster.id], own.part),
    ]);
    const found = toServiceTraffic(rows.filter(isPlaceable).map(toCell), services.byWorkload).get(traffic.routed);
    const hours = hoursOf(covered, cluster.id);
    return found === undefined || hours === 0 ? null : { traffic: found, hours, days };
  }

  function toForecast(
    word: string,
    at: Date | null,
    earlier: Measured | null,
    basis: Measured,
    since: Measured | null,
  ): RoutingForecast {
    const price = pairPrice(base, cluster);
    const run = (of: Measured) =>
      simulate(of.traffic, services, { setting, spread: false, coveredHours: of.hours, isForecast: true }, price);
    const forecast = run(basis);
    const measured = since === null ? null : run(since);
    const placed = (of: Measured) => of.traffic.totalBytes - of.traffic.unplacedBytes;
    const ratio = (bytes: number, of: Measured) => (placed(of) > 0 ? bytes / placed(of) : null);
    const perDay = (bytes: number, of: Measured) => (of.hours > 0 ? (bytes / of.hours) * 24 : null);
    const costBefore = earlier === null ? null : forecast.measuredCostPerMonth;
    const less = (from: number | null, to: number | null) => (from === null || to === null ? null : from - to);
    const firstOf = (of: Measured | null, none: string) => of?.days[0] ?? none;
    const lastOf = (of: Measured | null, none: string) => of?.days.at(-1) ?? none;
    const today = dayIn(base.installation.timeZone, now);
    return {
      setting: word,
      since: at?.toISOString() ?? null,
      before:
        earlier === null
          ? null
          : {
              fromDay: firstOf(earlier, today),
              toDay: lastOf(earlier, today),
              crossZoneBytesPerDay: perDay(forecast.measuredCrossZoneBytes, earlier),
              costPerMonth: costBefore,
            },
      forecast: {
        crossZoneRatio: ratio(forecast.simulatedCrossZoneBytes, basis),
        crossZoneBytesPerDay: perDay(forecast.simulatedCrossZoneBytes, basis),
        costPerMonth: forecast.simulatedCostPerMonth,
      },
      measured: {
        fromDay: firstOf(since, today),
        toDay: lastOf(since, today),
        hours: since?.hours ?? 0,
        crossZoneRatio: since === null || measured === null ? null : ratio(measured.measuredCrossZoneBytes, since),
        crossZoneBytesPerDay:
          since === null || measured === null ? null : perDay(measured.measuredCrossZoneBytes, since),
        costPerMonth: measured?.measuredCostPerMonth ?? null,
      },
      savedCostPerMonth: less(costBefore, measured?.measuredCostPerMonth ?? null),
      forecastSavedCostPerMonth: less(costBefore, forecast.simulatedCostPerMonth),
    };
  }
}

type Measured = { readonly traffic: ServiceTraffic; readonly hours: number; readonly days: readonly string[] };
