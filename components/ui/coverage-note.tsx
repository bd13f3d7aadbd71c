"use client";
import { CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import type { UnknownReason } from "#server/domain/reading.ts";
import { useFormat, useMessages, useReader } from "../i18n/reader-provider.tsx";
import { Age } from "./age.tsx";
import { cn } from "./cn.ts";
import type { FigurePart } from "./figure.ts";
import { Popover } from "./popover.tsx";

/** What a page could see: the shape of the API's coverage. */
export type Coverage = {
  readonly clusters: FigurePart;
  readonly nodes: FigurePart;
  readonly missing: readonly {
    readonly cluster: string;
    readonly reason: UnknownReason;
    readonly detail: string | null;
  }[];
  /** ISO 8601; `null` before the first read. */
  readonly newestAt: string | null;
  readonly oldestAt: string | null;
};
export type CoverageNoteProps = { readonly coverage: Coverage };

/** "18 of 20 clusters, 97 % of nodes, 4 min ago"; opens the list of what is missing and why. */
export function CoverageNote({ coverage }: CoverageNoteProps) {
  const t = useMessages();
  const format = useFormat();
  const { now } = useReader();
  const { clusters, nodes, newestAt, oldestAt, missing } = coverage;
  const isComplete = clusters.covered === clusters.of && nodes.covered === nodes.of && missing.length === 0;
  const words = [
    t("coverage.clusters", { seen: clusters.covered, of: clusters.of }),
    nodes.of === 0 ? null : t("coverage.nodes", { percent: format.percent(nodes.covered / nodes.of) }),
    newestAt === null ? t(`reason.${missing[0]?.reason ?? "not-yet-read"}`) : format.age(newestAt, now),
  ].filter((part) => part !== null);
  const Icon = isComplete ? CircleCheck : CircleDashed;
  return (
    <Popover
      label={t("coverage.label")}
      align="end"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          title={t("coverage.label")}
          className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-2 text-xs whitespace-nowrap text-muted-foreground hover:bg-hovered hover:text-foreground"
        >
          <Icon
            aria-hidden
            size={13}
            className={cn("shrink-0", isComplete ? "text-status-ready" : "text-status-attention")}
          />
          <span className="sr-only">{isComplete ? t("coverage.complete") : t("coverage.partial")}: </span>
          <span className="truncate">{words.join(", ")}</span>
        </button>
      )}
    >
      <div className="flex w-88 max-w-full flex-col gap-3">
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
          {newestAt !== null && (
            <>
              <dt className="text-muted-foreground">{t("coverage.newest")}</dt>
              <dd>
                <Age at={newestAt} />
              </dd>
            </>
          )}
          {oldestAt !== null && (
            <>
              <dt className="text-muted-foreground">{t("coverage.oldest")}</dt>
              <dd>
                <Age at={oldestAt} />
              </dd>
            </>
          )}
        </dl>
        {missing.length === 0 ? (
          <p className="text-xs text-status-ready">{t("coverage.complete")}</p>
        ) : (
          <section className="flex flex-col gap-1.5">
            <h3 className="text-xs text-muted-foreground">{t("coverage.missing")}</h3>
            <ul className="flex flex-col gap-1">
              {missing.map(({ cluster, reason, detail }) => (
                <li key={cluster} className="flex flex-col text-xs">
                  <span className="flex justify-between gap-4">
                    <Link
                      href={`/clusters/${encodeURIComponent(cluster)}`}
                      prefetch={false}
                      className="break-all text-accent hover:underline"
                    >
                      {cluster}
                    </Link>
                    <span className="shrink-0 text-status-attention">{t(`reason.${reason}`)}</span>
                  </span>
                  {detail !== null && <span className="text-muted-foreground">{detail}</span>}
                </li>
              ))}
            </ul>
          </section>
        )}
        <Link href="/clusters" className="text-xs text-accent hover:underline">
          {t("coverage.details")}
        </Link>
      </div>
    </Popover>
  );
}
