"use client";
import { Wrench } from "lucide-react";
import Link from "next/link";
import type { Overview } from "#server/contract/overview.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { toRoleYaml } from "../ui/rbac-yaml.ts";
import { SourceStatusBadge } from "../ui/source-status.tsx";
import { CardLink } from "./card-link.tsx";
import { type GapGroup, groupGaps } from "./gap-groups.ts";

const SOURCES_SHOWN = 3;

/** Sources that gave nothing or only a part, by cluster, reason and what to do about it. */
export function GapsCard({ gaps }: { readonly gaps: Overview["gaps"] }) {
  const t = useMessages();
  const groups = groupGaps(gaps.items);
  return (
    <Card aria-labelledby="overview-gaps" className="flex flex-col gap-3">
      <CardHeader
        id="overview-gaps"
        title={t("overview.gaps")}
        note={t("overview.gaps-note", { count: gaps.total })}
        actions={<CardLink href="/clusters" what={t("overview.gaps")} />}
      />
      {groups.length === 0 ? (
        <EmptyNote>{t("overview.no-gaps")}</EmptyNote>
      ) : (
        <ul className="flex flex-col">
          {groups.map((group) => (
            <GapRow key={group.key} group={group} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function GapRow({ group }: { readonly group: GapGroup }) {
  const t = useMessages();
  const { cluster, status, reason, fix, gaps } = group;
  const rules = gaps.flatMap((gap) => (gap.fix?.rbac === undefined ? [] : [gap.fix.rbac]));
  const details = [...new Set(gaps.flatMap(({ detail }) => (detail === null ? [] : [detail])))];
  return (
    <li className="flex flex-col gap-1 border-b border-dashed py-2.5 first:pt-0 last:border-b-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          href={`/clusters/${encodeURIComponent(cluster)}?tab=sources`}
          prefetch={false}
          className="font-medium break-all hover:underline"
        >
          {cluster}
        </Link>
        <SourceStatusBadge status={status} />
        {reason !== null && <span className="text-xs text-muted-foreground">{t(`reason.${reason}`)}</span>}
        <span className="ml-auto text-xs whitespace-nowrap text-muted-foreground">
          {t("overview.gap-sources", { count: gaps.length })}
        </span>
      </div>
      <p className="font-mono text-2xs leading-4 break-all text-muted-foreground">
        {gaps
          .slice(0, SOURCES_SHOWN)
          .map(({ source }) => source)
          .join(", ")}
        {gaps.length > SOURCES_SHOWN && ` ${t("overview.gap-more", { count: gaps.length - SOURCES_SHOWN })}`}
      </p>
      {details.length === 1 && <p className="text-xs text-muted-foreground">{details[0]}</p>}
      {fix !== null && (
        <div className="flex flex-wrap items-center gap-x-2 text-xs">
          <span className="inline-flex items-center gap-1.5">
            <Wrench aria-hidden size={12} className="shrink-0 text-accent" />
            {t(`clusters.fix.${fix}`)}
          </span>
          {rules.length > 0 && <CopyButton text={toRoleYaml(rules)} size="sm" />}
        </div>
      )}
    </li>
  );
}
