"use client";
import { memo } from "react";
import type { Gpu } from "#server/contract/gpu.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import type { Provenance } from "../ui/provenance.ts";
import { Stat } from "../ui/stat.tsx";
import { DEVICE_STATES, STATE_COLOUR } from "./device-state.ts";

/** Devices by state, money, and how much of it can be told whose it is. */
export const GpuHeadline = memo(function GpuHeadline({ gpu }: { readonly gpu: Gpu }) {
  const { t, format } = useReader();
  const limit = format.percent(gpu.idleBelowRatio);
  const hours = Object.values(gpu.hours).reduce((sum, value) => sum + value, 0);
  const cost = figureValue(gpu.cost);
  const idle = figureValue(gpu.idleCost);
  const why = (label: string, figure: Figure, formula: string, ref: string): Provenance => ({
    label,
    value: figureValue(figure),
    unit: figure.unit ?? "number",
    takenAt: gpu.coverage.newestAt ?? gpu.at,
    formula,
    coverage: { seen: gpu.hoursKnown.covered, of: gpu.hoursKnown.of, what: t("gpu.over-time-unit") },
    sources: gpu.byPool.map((pool) => ({
      kind: "inference" as const,
      ref,
      subject: `${pool.cluster}/${pool.pool} · ${pool.model}`,
      observed: `${format.quantity(
        Object.values(pool.hours).reduce((sum, value) => sum + value, 0),
        "hours",
      )}, ${pool.cost.state === "value" ? format.money(pool.cost.value, gpu.currency) : pool.cost.state}`,
      at: gpu.to,
    })),
  });
  const silent: Figure = { state: "value", value: gpu.withoutTelemetry, unit: "count" };
  return (
    <Card className="flex flex-col gap-5" aria-labelledby="gpu-now">
      <section className="flex flex-col gap-2">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <h2 id="gpu-now" className="label-caps">
            {t("gpu.devices-now")}
          </h2>
          <p className="text-xs text-muted-foreground">
            {t("gpu.devices-note", { count: format.count(gpu.deviceCount) })}
          </p>
        </div>
        <ShareBar
          label={t("gpu.devices-now")}
          unit="number"
          parts={DEVICE_STATES.map((state) => ({
            key: state,
            label: t(`gpu.state.${state}`),
            value: gpu.byState[state] ?? 0,
            colour: STATE_COLOUR[state],
            isHatched: state === "held-unknown",
          }))}
        />
      </section>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-x-6 gap-y-4">
        <Stat
          label={t("gpu.run-rate")}
          figure={gpu.costPerHour}
          note={t("gpu.device-count", { count: gpu.deviceCount })}
          provenance={why(t("gpu.run-rate"), gpu.costPerHour, t("gpu.run-rate-formula"), "gpu_device × price book")}
        />
        <Stat
          label={t("gpu.cost")}
          figure={gpu.cost}
          note={t("gpu.hours-note", { hours: format.parts(hours, "number").value })}
          provenance={why(t("gpu.cost"), gpu.cost, t("gpu.cost-formula"), "gpu_hourly")}
        />
        <Stat
          label={t("gpu.idle-cost")}
          figure={gpu.idleCost}
          note={
            cost !== null && idle !== null && cost > 0
              ? t("gpu.idle-note", { share: format.percent(idle / cost) })
              : undefined
          }
          provenance={why(t("gpu.idle-cost"), gpu.idleCost, t("gpu.idle-formula", { limit }), "gpu_hourly: held-idle")}
        />
        <Stat
          label={t("gpu.attribution")}
          figure={gpu.attributedRatio}
          note={t("gpu.attribution-note", { hours: format.quantity(gpu.hoursWithoutOwner, "hours") })}
          provenance={why(
            t("gpu.attribution"),
            gpu.attributedRatio,
            t("gpu.attribution-formula"),
            "gpu_hourly: active, held-idle, held-unknown",
          )}
        />
        <Stat label={t("gpu.telemetry")} figure={silent} note={t("gpu.silent-note", { count: gpu.silent })} />
      </div>
      {gpu.hoursKnown.covered < gpu.hoursKnown.of && (
        <p className="text-xs text-muted-foreground">
          {t("gpu.hours-known", {
            covered: format.count(gpu.hoursKnown.covered),
            of: format.count(gpu.hoursKnown.of),
          })}
          {gpu.knownFrom !== null && ` (${t("gpu.known-from", { time: format.dateTime(gpu.knownFrom, "minute") })})`}.{" "}
          {t("gpu.hours-known-why")}
        </p>
      )}
      {gpu.unrecordedHours > 0 && (
        <p className="text-xs text-muted-foreground">
          {t("gpu.unrecorded", { hours: format.quantity(gpu.unrecordedHours, "hours") })}
        </p>
      )}
    </Card>
  );
});
