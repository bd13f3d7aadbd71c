"use client";
import type { Evidence } from "#server/contract/common.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "./age.tsx";

export type EvidenceListProps = {
  readonly evidence: readonly Evidence[];
  readonly total: number;
  readonly isInferred?: boolean;
};

/** What a judgement rests on, folded until asked for: source, object, observed value, time. */
export function EvidenceList({ evidence, total, isInferred = false }: EvidenceListProps) {
  const { t } = useReader();
  if (total === 0 && !isInferred) return null;
  if (total === 0) return <p className="text-xs text-subtle-foreground">{t("features.no-evidence")}</p>;
  return (
    <details className="group/evidence">
      <summary className="w-fit text-xs text-accent hover:underline">
        {t("features.evidence-count", { count: total })}
      </summary>
      <ul className="mt-1.5 flex flex-col gap-1.5 border-l-2 pl-3">
        {evidence.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: evidence of one judgement has no id and never moves
          <li key={index} className="flex flex-col text-xs">
            <span className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="font-medium break-all text-foreground">
                {entry.subject === "" ? t(`why.kind.${entry.kind}`) : entry.subject}
              </span>
              <span className="text-muted-foreground">
                <Age at={entry.at} show="age" />
              </span>
            </span>
            <span className="break-words text-foreground">{entry.observed}</span>
            <span className="font-mono break-all text-subtle-foreground">
              {entry.subject === "" ? entry.ref : `${t(`why.kind.${entry.kind}`)} · ${entry.ref}`}
            </span>
          </li>
        ))}
      </ul>
      {total > evidence.length && (
        <p className="mt-1 text-xs text-subtle-foreground">
          {t("features.evidence-more", { shown: evidence.length, total })}
        </p>
      )}
    </details>
  );
}
