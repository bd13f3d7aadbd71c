"use client";
import type { NetworkService } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { figureOf } from "../ui/figure.ts";
import { Stat } from "../ui/stat.tsx";

/** Measured above the forecast by more than this share is said, not only shown. */
const GAP_RATIO = 0.05;

/** A preference that was set, held against what the simulator forecast for it. */
export function ForecastCard({ service }: { readonly service: NetworkService }) {
  const { t, format } = useReader();
  const { forecast: outcome, currency } = service;
  if (outcome === null) return null;
  const { before, forecast, measured, since } = outcome;
  const money = `money:${currency}` as const;
  const bytes = (value: number | null) =>
    value === null ? t("network.svc.forecast.no-day") : `${format.quantity(value, "traffic-bytes")} / d`;
  const hasGap =
    forecast.crossZoneRatio !== null &&
    measured.crossZoneRatio !== null &&
    measured.crossZoneRatio - forecast.crossZoneRatio > GAP_RATIO;
  return (
    <Card aria-labelledby="network-forecast" className="flex flex-col gap-3">
      <CardHeader
        id="network-forecast"
        title={t("network.svc.forecast")}
        note={
          since === null
            ? t("network.svc.forecast.note", { setting: outcome.setting })
            : t("network.svc.forecast.since", { setting: outcome.setting, at: format.dateTime(since) })
        }
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-5">
        {before !== null && (
          <Stat
            label={t("network.svc.forecast.before")}
            figure={figureOf(before.costPerMonth, "not-configured")}
            unit={money}
            note={`${bytes(before.crossZoneBytesPerDay)} · ${before.fromDay} – ${before.toDay}`}
          />
        )}
        <Stat
          label={t("network.svc.forecast.expected")}
          figure={figureOf(forecast.costPerMonth, "not-configured")}
          unit={money}
          note={[bytes(forecast.crossZoneBytesPerDay), ratio(forecast.crossZoneRatio)].join(" · ")}
        />
        <Stat
          label={t("network.svc.forecast.measured")}
          figure={figureOf(measured.costPerMonth, measured.hours === 0 ? "not-yet-read" : "not-configured")}
          unit={money}
          note={[
            bytes(measured.crossZoneBytesPerDay),
            ratio(measured.crossZoneRatio),
            `${measured.fromDay} – ${measured.toDay}`,
          ].join(" · ")}
        />
      </div>
      {outcome.savedCostPerMonth !== null && outcome.forecastSavedCostPerMonth !== null && (
        <p className="text-sm">
          {t("network.svc.forecast.saved", {
            saved: format.quantity(outcome.savedCostPerMonth, money),
            forecast: format.quantity(outcome.forecastSavedCostPerMonth, money),
          })}
        </p>
      )}
      {hasGap && <p className="text-sm text-status-attention">{t("network.svc.forecast.gap")}</p>}
    </Card>
  );

  function ratio(value: number | null): string {
    return value === null ? "–" : t("network.svc.forecast.ratio", { share: format.percent(value) });
  }
}
