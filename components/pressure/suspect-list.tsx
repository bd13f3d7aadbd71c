"use client";
import { useSearchParams } from "next/navigation";
import type { PressureResourceName } from "#server/contract/pressure.ts";
import type { PressureSuspect } from "#server/contract/pressure-places.ts";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { pressureHref } from "./pressure-links.ts";

const TONES = { strong: "blocked", moderate: "attention", weak: "neutral" } as const;

/** Who used what while others waited, strongest first – as a correlation, with its strength. */
export function SuspectList({
  cluster,
  suspects,
  unmeasured,
  isMeasured,
}: {
  readonly cluster: string;
  readonly suspects: readonly PressureSuspect[];
  /** Resources that stalled without anybody's use being measured. */
  readonly unmeasured: readonly PressureResourceName[];
  readonly isMeasured: boolean;
}) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const quantity = (value: number | null, unit: Unit) => (value === null ? "–" : format.quantity(value, unit));
  return (
    <Card aria-labelledby="suspects" className="flex flex-col gap-3">
      <CardHeader id="suspects" title={t("pressure.suspects")} note={t("pressure.suspects-note")} />
      {unmeasured.map((resource) => (
        <p key={resource} className="flex flex-wrap items-center gap-1.5 text-sm">
          <Badge tone="unknown" look="dashed">
            {t("pressure.suspects-unknown")}
          </Badge>
          {t(`pressure.suspects-unmeasured.${resource}`)}
        </p>
      ))}
      {suspects.length === 0 ? (
        unmeasured.length === 0 && (
          <EmptyNote>{t(isMeasured ? "pressure.suspects-none" : "pressure.suspects-unstalled")}</EmptyNote>
        )
      ) : (
        <ol className="flex flex-col gap-2.5 text-sm">
          {suspects.map((suspect) => (
            <li key={`${suspect.resource} ${suspect.namespace} ${suspect.kind} ${suspect.name}`}>
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <TextLink href={pressureHref({ ...suspect, cluster, level: "workload" }, search)}>
                  {suspect.namespace}/{suspect.name}
                </TextLink>
                <Badge tone={TONES[suspect.strength]}>{t(`pressure.strength.${suspect.strength}`)}</Badge>
                <span className="text-xs text-muted-foreground">
                  {t("pressure.suspect-correlation", {
                    r: format.quantity(suspect.correlation, "number"),
                    count: suspect.pairedSampleCount,
                  })}
                </span>
                {suspect.waitsItself && (
                  <Badge tone="attention" look="outline">
                    {t("pressure.suspect-suffers")}
                  </Badge>
                )}
              </p>
              <p className="text-xs text-muted-foreground">
                {t("pressure.suspect", {
                  during: quantity(suspect.usageDuringStall, suspect.unit),
                  otherwise: quantity(suspect.usageOtherwise, suspect.unit),
                  resource: t(`pressure.noun.${suspect.resource}`),
                })}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
