"use client";
import {
  CircleCheck,
  CircleQuestionMark,
  Cpu,
  Eye,
  HardDrive,
  type LucideIcon,
  MemoryStick,
  OctagonAlert,
} from "lucide-react";
import Link from "next/link";
import type { HotSpot, OverviewPressure } from "#server/contract/overview.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { StateMark } from "../ui/state-mark.tsx";
import { type Tone, toneFill, toneText } from "../ui/tone.ts";
import { Why } from "../ui/why.tsx";
import { CardLink } from "./card-link.tsx";

const RESOURCE_ICONS: Readonly<Record<HotSpot["resource"], LucideIcon>> = {
  cpu: Cpu,
  memory: MemoryStick,
  io: HardDrive,
};
type Severity = HotSpot["severity"];
const SEVERITY: Readonly<Record<Severity, { readonly tone: Tone; readonly icon: LucideIcon }>> = {
  critical: { tone: "blocked", icon: OctagonAlert },
  attention: { tone: "attention", icon: Eye },
  calm: { tone: "ready", icon: CircleCheck },
};

/** The nodes and workloads that waited longest, and why some cannot be ranked. */
export function PressureCard({ pressure }: { readonly pressure: OverviewPressure }) {
  const { t } = useReader();
  const { nodes, workloads, missing, measuredNodes } = pressure;
  const isEmpty = nodes.length === 0 && workloads.length === 0;
  return (
    <Card aria-labelledby="overview-pressure" className="flex flex-col gap-3">
      <CardHeader
        id="overview-pressure"
        title={t("overview.pressure")}
        note={t("overview.pressure-note")}
        actions={<CardLink href="/pressure" what={t("overview.pressure")} />}
      />
      {isEmpty ? (
        <EmptyNote>
          {t("overview.no-pressure")}. {t("overview.pressure-hint")}
        </EmptyNote>
      ) : (
        <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
          <HotList title={t("overview.hot-nodes")} spots={nodes} />
          <HotList title={t("overview.hot-workloads")} spots={workloads} />
        </div>
      )}
      <footer className="flex flex-col gap-1 border-t pt-2 text-xs text-muted-foreground">
        <span>{t("overview.measured", { covered: measuredNodes.covered, of: measuredNodes.of })}</span>
        {missing.map(({ cluster, reason, detail }) => (
          <span key={cluster} className="flex items-start gap-1.5">
            <CircleQuestionMark aria-hidden size={13} className="mt-0.5 shrink-0 text-status-unknown" />
            <span>
              {reason === "partial"
                ? t("overview.some-pressure-of", { cluster })
                : `${t("overview.no-pressure-of", { cluster })}: ${t(`reason.${reason}`)}`}
              {detail !== null && ` – ${detail}`}
            </span>
          </span>
        ))}
      </footer>
    </Card>
  );
}

/** Everything that is not calm, and at least this many, so that calm is seen as measured. */
const SHOWN_AT_LEAST = 4;

function HotList({ title, spots }: { readonly title: string; readonly spots: readonly HotSpot[] }) {
  const shown = spots.filter((spot, index) => index < SHOWN_AT_LEAST || spot.severity !== "calm");
  return (
    <section className="flex min-w-0 flex-col gap-1.5">
      <h3 className="label-caps">{title}</h3>
      <ol aria-label={title} className="flex flex-col">
        {shown.map((spot) => (
          <HotRow key={`${spot.cluster}/${spot.namespace}/${spot.kind}/${spot.name}`} spot={spot} />
        ))}
      </ol>
    </section>
  );
}

function HotRow({ spot }: { readonly spot: HotSpot }) {
  const { t, format } = useReader();
  const { cluster, namespace, name, resource, waitingRatio, stalledRatio, severity } = spot;
  const waiting = figureValue(waitingRatio);
  const stalled = figureValue(stalledRatio);
  const { tone, icon: SeverityIcon } = SEVERITY[severity];
  const Icon = RESOURCE_ICONS[resource];
  const label = t("overview.waiting-of", { name, resource: t(`overview.resource.${resource}`) });
  const provenance = toProvenance(waitingRatio, { label, formula: t("overview.waiting-formula") });
  const mark = <StateMark figure={waitingRatio} />;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-1 border-b border-dashed py-2 last:border-b-0">
      <span className="flex min-w-0 flex-col">
        <Link href={hrefOf(spot)} prefetch={false} title={name} className="truncate font-medium hover:underline">
          {namespace !== "" && <span className="font-normal text-muted-foreground">{namespace}/</span>}
          {name}
        </Link>
        <span className="truncate text-xs text-muted-foreground">
          {cluster}
          {spot.kind !== "" && ` · ${spot.kind}`}
          {spot.pool !== null && ` · ${spot.pool}`}
          {spot.team !== null && ` · ${spot.team}`}
        </span>
      </span>
      <span className="flex flex-col items-end">
        <span className={cn("inline-flex items-center gap-1 font-medium", severity !== "calm" && toneText[tone])}>
          <SeverityIcon aria-hidden size={13} className="shrink-0" />
          <span className="sr-only">{t(`overview.severity.${severity}`)}: </span>
          {provenance === undefined ? mark : <Why provenance={provenance}>{mark}</Why>}
        </span>
        <span className="text-xs whitespace-nowrap text-muted-foreground">
          {stalled !== null && stalled >= 0.01 && t("overview.stalled-of", { share: format.percent(stalled) })}
        </span>
      </span>
      <span className="col-span-2 flex items-center gap-2">
        <span className="w-20 shrink-0">
          <Badge icon={Icon} look="plain">
            {t(`overview.resource.${resource}`)}
          </Badge>
        </span>
        <span aria-hidden className="h-1 grow overflow-hidden rounded-full bg-hovered">
          <span
            className={cn("block h-full rounded-full", severity === "calm" ? "bg-subtle-foreground" : toneFill[tone])}
            style={{ width: `${Math.min(1, waiting ?? 0) * 100}%` }}
          />
        </span>
      </span>
    </li>
  );
}

function hrefOf({ level, cluster, namespace, kind, name }: HotSpot): string {
  const path = level === "node" ? ["nodes", name] : ["workloads", namespace, kind, name];
  return `/pressure/${[cluster, ...path].map(encodeURIComponent).join("/")}`;
}
