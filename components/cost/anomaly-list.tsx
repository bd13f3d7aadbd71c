"use client";
import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import type { Cost, CostAnomaly } from "#server/contract/cost.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { TextLink } from "../ui/text-link.tsx";

const RESOURCES = ["cpu", "memory", "gpu", "storage", "network"] as const;

/** Costs that left their level for good, with workload, resource and first day. */
export function AnomalyList({ answer }: { readonly answer: Cost }) {
  const { t } = useReader();
  return (
    <Card aria-labelledby="cost-anomalies" className="flex flex-col gap-4">
      <CardHeader id="cost-anomalies" title={t("cost.anomalies")} note={t("cost.anomalies-note")} />
      {answer.anomalies.length === 0 && <EmptyNote>{t("cost.no-anomalies")}</EmptyNote>}
      <ul className="flex flex-col divide-y">
        {answer.anomalies.map((anomaly) => (
          <Anomaly
            key={`${anomaly.cluster}/${anomaly.namespace}/${anomaly.kind}/${anomaly.name}/${anomaly.resource}`}
            anomaly={anomaly}
            currency={answer.currency}
          />
        ))}
      </ul>
    </Card>
  );
}

function Anomaly({ anomaly, currency }: { readonly anomaly: CostAnomaly; readonly currency: string }) {
  const { t, format } = useReader();
  const { cluster, namespace, kind, name, resource, costPerDayBefore: before, costPerDayAfter: after } = anomaly;
  const isRise = after > before;
  const Arrow = isRise ? ArrowUpRight : ArrowDownRight;
  const known = RESOURCES.find((word) => word === resource);
  const money = (amount: number) => format.money(amount, currency);
  return (
    <li className="flex items-start gap-3 py-2.5 first:pt-0 last:pb-0">
      <Arrow
        aria-hidden
        size={16}
        className={cn("mt-0.5 shrink-0", isRise ? "text-status-attention" : "text-status-ready")}
      />
      <div className="min-w-0 grow">
        <TextLink
          href={`/pressure/${encodeURIComponent(cluster)}/workloads/${encodeURIComponent(namespace)}/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`}
        >
          {namespace}/{name}
        </TextLink>
        <div className="text-xs text-muted-foreground">
          {t("cost.anomaly.since", {
            resource: known === undefined ? resource : t(`cost.resource.${known}`),
            day: anomaly.sinceDay,
          })}
          {" · "}
          {anomaly.team ?? t("cost.holder.unowned")}
          {" · "}
          {cluster}
        </div>
      </div>
      <div className="shrink-0 text-right text-sm tabular-nums">
        {before === 0
          ? t("cost.anomaly.new", { after: money(after) })
          : t("cost.anomaly.change", { before: money(before), after: money(after) })}
      </div>
    </li>
  );
}
