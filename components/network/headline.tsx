"use client";
import type { Network, NetworkFix } from "#server/contract/network.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { toProvenance } from "../ui/provenance.ts";
import { Stat } from "../ui/stat.tsx";

type Total = Network["total"];

/** The window's money and bytes, what a month of it costs, and what the cost is made of. */
export function Headline({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const { total, currency, fixes } = network;
  const money = `money:${currency}` as const;
  const dayCount = new Set(network.days.map(({ day }) => day)).size;
  const stat = (label: string, figure: Total[keyof Total], note: string, size: "md" | "lg" = "md") => {
    const provenance = toProvenance(figure, { label, formula: t("network.cost.formula") });
    return (
      <Stat
        label={label}
        figure={figure}
        note={note}
        size={size}
        {...(provenance === undefined ? {} : { provenance })}
      />
    );
  };
  const newest =
    total.newestCostPerMonth.state === "value" ? format.quantity(total.newestCostPerMonth.value, money) : null;
  return (
    <Card aria-labelledby="network-headline" className="flex flex-col gap-5">
      <CardHeader
        id="network-headline"
        title={t("network.cost")}
        note={t("network.window", { from: network.fromDay, to: network.toDay, zone: network.timeZone })}
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] gap-5">
        {stat(t("network.cost"), total.cost, t("network.cost.note"), "lg")}
        {stat(
          t("network.rate"),
          total.costPerMonth,
          newest === null ? t("network.rate.note") : t("network.rate.newest", { money: newest }),
        )}
        {stat(t("network.routable"), total.routingCostPerMonth, t("network.routable.note"))}
        {stat(t("network.bytes"), total.crossZoneBytes, t("network.days.n", { count: dayCount }))}
        {stat(t("network.unpriced"), total.unpricedBytes, t("network.unpriced.note"))}
      </div>
      {fixes.length > 0 && (
        <ShareBar
          label={t("network.fixes")}
          unit={isPriced(fixes) ? money : "traffic-bytes"}
          parts={fixParts(fixes, t)}
        />
      )}
    </Card>
  );
}

function isPriced(fixes: readonly NetworkFix[]): boolean {
  return fixes.every((fix) => fix.cost !== null);
}

const FIX_COLOUR = {
  routing: "var(--status-ready)",
  placement: "var(--status-attention)",
  none: "var(--status-unknown)",
} as const;

function fixParts(fixes: readonly NetworkFix[], t: ReturnType<typeof useReader>["t"]) {
  const priced = isPriced(fixes);
  return fixes.map((fix) => ({
    key: `${fix.kind}/${fix.reason}`,
    label: `${t(`network.fix.${fix.kind}`)} – ${t(`network.why.${fix.reason}`)}`,
    value: priced ? (fix.cost ?? 0) : fix.bytes,
    colour: FIX_COLOUR[fix.kind],
  }));
}
