"use client";
import Link from "next/link";
import { useMemo } from "react";
import type { Overview } from "#server/contract/overview.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { type Tone, toneFill } from "../ui/tone.ts";
import { type Verdict, VerdictBadge } from "../ui/verdict-badge.tsx";
import { CardLink } from "./card-link.tsx";
import { byUrgency, countVerdicts, verdictCounts } from "./readiness-order.ts";

type FeatureRow = Overview["readiness"]["features"][number];

const TONES: Readonly<Record<Verdict, Tone>> = {
  effective: "effective",
  "in-use": "in-use",
  "always-on": "always-on",
  "ready-unused": "ready",
  blocked: "blocked",
  drift: "drift",
  off: "off",
  "not-available": "not-applicable",
  "not-applicable": "not-applicable",
  unknown: "unknown",
  "not-exposed": "not-exposed",
};

/** Every feature with its verdict in each cluster; what asks for a decision comes first. */
export function ReadinessCard({ readiness }: { readonly readiness: Overview["readiness"] }) {
  const { t } = useReader();
  const { features, evaluated } = readiness;
  const sorted = useMemo(() => byUrgency(features), [features]);
  const counts = useMemo(() => countVerdicts(features), [features]);
  return (
    <Card aria-labelledby="overview-readiness" className="flex flex-col gap-4">
      <CardHeader
        id="overview-readiness"
        title={t("overview.readiness")}
        note={t("overview.readiness-note", { covered: evaluated.covered, of: evaluated.of })}
        actions={<CardLink href="/features" what={t("overview.readiness")} />}
      />
      {features.length === 0 ? (
        <EmptyNote>{t("overview.no-verdicts")}</EmptyNote>
      ) : (
        <>
          <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
            {counts.map(({ verdict, count }) => (
              <li key={verdict} className="flex items-center gap-1.5 text-xs">
                <VerdictBadge verdict={verdict} />
                <span className="font-medium">{count}</span>
              </li>
            ))}
          </ul>
          <ul className="grid gap-x-8 sm:grid-cols-2 xl:grid-cols-3">
            {sorted.map((row) => (
              <FeatureItem key={row.feature} row={row} />
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** What could not be seen is hatched, what does not exist there stays empty. */
function fillOf(verdict: Verdict): string | undefined {
  if (verdict === "unknown" || verdict === "not-exposed") return "hatched";
  if (verdict === "not-available" || verdict === "not-applicable") return undefined;
  return toneFill[TONES[verdict]];
}

function FeatureItem({ row }: { readonly row: FeatureRow }) {
  const { t, locale } = useReader();
  const counts = verdictCounts(row);
  return (
    <li className="flex flex-col gap-1.5 border-t py-2.5">
      <div className="flex items-baseline justify-between gap-3">
        <Link
          href={`/features/${encodeURIComponent(row.feature)}`}
          prefetch={false}
          className="min-w-0 truncate font-medium hover:underline"
          title={locale === "zh-CN" ? row.title.zh : row.title.en}
        >
          {locale === "zh-CN" ? row.title.zh : row.title.en}
        </Link>
        {row.adoptedCount !== null && row.adoptableCount !== null && row.adoptableCount > 0 && (
          <span className="shrink-0 text-xs text-muted-foreground">
            {t("overview.adopted", { met: row.adoptedCount, of: row.adoptableCount })}
          </span>
        )}
      </div>
      <div aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full bg-hovered">
        {counts.map(({ verdict, count }) => (
          <span key={verdict} className={fillOf(verdict)} style={{ width: `${(count / row.clusterCount) * 100}%` }} />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3 gap-y-1">
        {counts.map(({ verdict, count }) => (
          <li key={verdict} className="flex items-center gap-1 text-xs">
            <VerdictBadge verdict={verdict} />
            {row.clusterCount > 1 && <span className="text-muted-foreground">× {count}</span>}
          </li>
        ))}
      </ul>
    </li>
  );
}
