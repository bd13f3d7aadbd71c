"use client";
import { CircleHelp } from "lucide-react";
import type { Cost } from "#server/contract/cost.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { TextLink } from "../ui/text-link.tsx";

/** Nodes that no price row fits: unknown, never 0. */
export function UnpricedNodes({ answer }: { readonly answer: Cost }) {
  const { t } = useReader();
  return (
    <section
      aria-labelledby="cost-unpriced"
      className="flex gap-3 rounded-lg border border-dashed bg-sunken px-4 py-3 text-sm"
    >
      <CircleHelp aria-hidden size={16} className="mt-0.5 shrink-0 text-status-unknown" />
      <div className="flex min-w-0 flex-col gap-1">
        <h2 id="cost-unpriced" className="text-sm font-medium">
          {t("cost.unpriced")}
        </h2>
        <ul className="flex flex-wrap gap-x-5 gap-y-0.5 font-medium">
          {answer.unpriced.map((row) => (
            <li key={`${row.cluster}/${row.pool}/${row.instanceType}/${row.capacityType}/${row.region}`}>
              {t("cost.unpriced-row", {
                count: row.nodeCount,
                type: [row.instanceType ?? "?", row.capacityType, row.region].filter((word) => word !== null).join(" "),
                cluster: row.cluster,
                pool: row.pool,
              })}
            </li>
          ))}
        </ul>
        <p className="text-xs text-muted-foreground">
          {t("cost.unpriced-note")} <TextLink href="/settings?tab=prices">{t("cost.price-book")}</TextLink>
        </p>
      </div>
    </section>
  );
}
