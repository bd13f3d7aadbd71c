"use client";
import type { NodePressure } from "#server/contract/pressure-places.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import type { Figure } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { Stat } from "../ui/stat.tsx";

/** Mean share of the window in which tasks waited, per resource, each with its source. */
export function ShareStats({
  name,
  data,
}: {
  readonly name: string;
  readonly data: Pick<NodePressure, "series" | "source" | "evidence" | "stepSeconds">;
}) {
  const { t, format } = useReader();
  return (
    <Card className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-3">
      {(["cpu", "memory", "io"] as const).map((resource) => {
        const label = t("pressure.stat.window-share", { resource: t(`pressure.resource.${resource}`) });
        const series = data.series.find(
          ({ metric, container }) => metric === `${resource}WaitingRatio` && container === "",
        );
        const known = (series?.values ?? []).filter((value) => value !== null);
        const figure = meanFigure(known, data.source);
        const provenance = toProvenance(
          { ...figure, evidence: data.evidence },
          { label: `${name} · ${label}`, formula: t("pressure.formula") },
        );
        return (
          <Stat
            key={resource}
            label={label}
            figure={figure}
            unit="ratio"
            {...(provenance === undefined ? {} : { provenance })}
            {...(known.length === 0
              ? {}
              : {
                  note: `${t("pressure.column.peak")} ${format.percent(Math.max(...known))}`,
                  trend: (
                    <Sparkline
                      label={t("pressure.trend-label", { name: label, peak: format.percent(Math.max(...known)) })}
                      values={series?.values ?? []}
                    />
                  ),
                })}
          />
        );
      })}
    </Card>
  );
}

function meanFigure(known: readonly number[], source: NodePressure["source"]): Figure {
  if (known.length > 0) return { state: "value", value: known.reduce((sum, value) => sum + value, 0) / known.length };
  if (source.state === "unknown") return { state: "unknown", reason: source.reason ?? "not-yet-read" };
  return { state: "not-exposed" };
}
