"use client";
import type { Cost, UsedPrice } from "#server/contract/cost.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import type { Provenance } from "../ui/provenance.ts";
import { Stat } from "../ui/stat.tsx";

const PRICES_SHOWN = 12;

/** Month to date, forecast, last month and what nobody requested. */
export function CostHeadline({ answer }: { readonly answer: Cost }) {
  const { t, format } = useReader();
  const { headline, currency } = answer;
  const unit = `money:${currency}` as const;
  const money = (amount: number) => format.money(amount, currency);
  const why = useCostProvenance(answer);
  const band = headline.forecastBand;
  return (
    <Card className="grid grid-cols-2 gap-x-6 gap-y-5 lg:grid-cols-4">
      <Stat
        size="lg"
        label={t("cost.month-to-date")}
        figure={headline.monthToDate}
        unit={unit}
        provenance={why(t("cost.month-to-date"), headline.monthToDate, t("cost.formula"))}
      />
      <Stat
        size="lg"
        label={t("cost.forecast")}
        figure={headline.forecast}
        unit={unit}
        provenance={why(t("cost.forecast"), headline.forecast, t("cost.formula-forecast"))}
        note={
          band === null
            ? undefined
            : band.high - band.low < 0.01
              ? t("cost.forecast-flat", { days: band.basisDays })
              : t("cost.forecast-note", { low: money(band.low), high: money(band.high), days: band.basisDays })
        }
      />
      <Stat
        size="lg"
        label={t("cost.last-month")}
        figure={headline.lastMonth}
        unit={unit}
        note={t("cost.last-month-note", headline.lastMonthDays)}
      />
      <Stat
        size="lg"
        label={t("cost.unallocated")}
        figure={headline.unallocated}
        unit={unit}
        provenance={why(t("cost.unallocated"), headline.unallocated, t("cost.formula"))}
        note={
          headline.unallocatedRatio.state === "value"
            ? t("cost.unallocated-note", { share: format.percent(headline.unallocatedRatio.value) })
            : undefined
        }
      />
    </Card>
  );
}

/** The price rows behind a figure of this answer. */
export function useCostProvenance(answer: Cost) {
  const { t, format } = useReader();
  return (label: string, figure: Figure, formula: string): Provenance => ({
    label,
    value: figureValue(figure),
    unit: `money:${answer.currency}`,
    takenAt: answer.at,
    sources: answer.prices.slice(0, PRICES_SHOWN).map((row: UsedPrice) => ({
      kind: "price" as const,
      ref: `#${row.id} ${row.provider}/${row.key}${row.region === "" ? "" : ` (${row.region})`}`,
      detail: t("cost.price-detail", {
        price: String(row.price),
        currency: row.currency,
        unit: row.unit,
        from: row.validFrom,
        source: row.source,
      }),
      observed: t("cost.price-observed", { quantity: format.quantity(row.quantity, "number"), unit: row.unit }),
      at: answer.at,
    })),
    coverage: null,
    formula,
  });
}
