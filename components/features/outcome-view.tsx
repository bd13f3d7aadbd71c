"use client";
import { CircleAlert, Info, type LucideIcon, OctagonX } from "lucide-react";
import type { ReactNode } from "react";
import type { FeatureDetail, FeatureOutcome } from "#server/contract/features.ts";
import { STAGE_NAMES, saySentence, toFunnelSteps } from "../charts/feature-sentence.ts";
import { FunnelSteps } from "../charts/funnel-steps.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { EvidenceList } from "../ui/evidence-list.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import type { Tone } from "../ui/tone.ts";
import { toAdoptionRows } from "./adoption-rows.ts";
import { AdoptionTable } from "./adoption-table.tsx";
import { ManifestView } from "./manifest-view.tsx";
import { ObjectTable } from "./object-table.tsx";

type Severity = FeatureOutcome["blockers"][number]["severity"];
const SEVERITY: Readonly<Record<Severity, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  blocking: { icon: OctagonX, tone: "blocked" },
  warning: { icon: CircleAlert, tone: "attention" },
  info: { icon: Info, tone: "neutral" },
};

const ORDER: readonly Severity[] = ["blocking", "warning", "info"];
function bySeverity(blockers: FeatureOutcome["blockers"]): FeatureOutcome["blockers"] {
  return blockers.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

export type OutcomeViewProps = {
  readonly cluster: string;
  readonly outcome: FeatureOutcome;
  readonly words: FeatureDetail["words"];
  readonly headingLevel: 3 | 4;
};

/** Everything that the rules say of one feature in one cluster: stages with their evidence, obstacles, adoption, objects, next step. */
export function OutcomeView({ cluster, outcome, words, headingLevel }: OutcomeViewProps) {
  const { t, locale, format } = useReader();
  const { feature, stages, blockers, adoption, objects, value, unjudged } = outcome;
  const say = (key: string, params: Readonly<Record<string, string | number>>) =>
    saySentence(words, key, params, locale);
  const sayUnread = (text: string) => {
    const [unread = "", why = ""] = text.split(": ");
    return say("part-unknown", { part: unread, why });
  };
  const part = (title: string, content: ReactNode) => (
    <Part title={title} level={headingLevel}>
      {content}
    </Part>
  );
  return (
    <div className="flex flex-col gap-6">
      {part(
        t("features.funnel"),
        <>
          <FunnelSteps label={t("features.funnel")} steps={toFunnelSteps(stages)} />
          <dl className="mt-2 flex flex-col divide-y rounded-md border">
            {STAGE_NAMES.map((stage) => (
              <div key={stage} className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[6rem_1fr]">
                <dt className="text-xs font-medium text-muted-foreground">{t(`stage.${stage}`)}</dt>
                <dd className="flex min-w-0 flex-col gap-1">
                  <span className="break-words">{say(stages[stage].reasonKey, stages[stage].params)}</span>
                  <EvidenceList
                    evidence={stages[stage].evidence}
                    total={stages[stage].evidenceTotal}
                    isInferred={stages[stage].state === "inferred"}
                  />
                </dd>
              </div>
            ))}
          </dl>
        </>,
      )}
      {part(
        t("features.blockers"),
        blockers.length === 0 ? (
          <p className="text-muted-foreground">{t("features.no-blockers")}</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {bySeverity(blockers).map((blocker) => (
              <li key={blocker.key} className="flex flex-col gap-1 rounded-md border px-3 py-2">
                <span className="flex flex-wrap items-start gap-2">
                  <Badge tone={SEVERITY[blocker.severity].tone} icon={SEVERITY[blocker.severity].icon}>
                    {t(`features.severity.${blocker.severity}`)}
                  </Badge>
                  <span className="min-w-0 grow basis-64 break-words">{say(blocker.key, blocker.params)}</span>
                </span>
                <EvidenceList evidence={blocker.evidence} total={blocker.evidenceTotal} />
              </li>
            ))}
          </ul>
        ),
      )}
      {part(t("features.manifest"), <ManifestView feature={feature} cluster={cluster} />)}
      {part(
        t("features.adoption-title"),
        adoption === null || adoption.denominator === 0 ? (
          <p className="text-muted-foreground">
            {adoption === null ? t("features.adoption-none") : say("nobody-could-use-it", { unit: adoption.unit })}
          </p>
        ) : (
          <div className="flex flex-col gap-3">
            <ProgressBar
              label={t("features.adoption-title")}
              value={adoption.numerator}
              max={adoption.denominator}
              text={`${format.percent(adoption.numerator / adoption.denominator)} · ${t("features.adoption-of", {
                met: format.count(adoption.numerator),
                of: format.count(adoption.denominator),
                unit: say(adoption.unit, { of: adoption.denominator }),
              })}`}
            />
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <AdoptionTable
                label={`${t("features.by-team")}: ${cluster}`}
                by="team"
                rows={toAdoptionRows(adoption, "byTeam")}
              />
              <AdoptionTable
                label={`${t("features.by-namespace")}: ${cluster}`}
                by="namespace"
                rows={toAdoptionRows(adoption, "byNamespace")}
              />
            </div>
          </div>
        ),
      )}
      {value !== null && part(t("features.value"), <p className="font-medium">{say(value.key, value.params)}</p>)}
      {objects.length > 0 &&
        part(
          t("features.objects"),
          <div className="flex flex-col gap-5">
            {objects.map((list) => (
              <div key={list.key} className="flex flex-col gap-2">
                <p className="text-sm font-medium">{say(list.key, {})}</p>
                {list.items.length === 0 ? (
                  <p className="text-xs text-muted-foreground">{t("features.no-objects")}</p>
                ) : (
                  <ObjectTable list={list} words={words} csvName={`${feature}-${cluster}-${list.key}`} />
                )}
              </div>
            ))}
          </div>,
        )}
      {unjudged.length > 0 &&
        part(
          t("features.unjudged"),
          <ul className="flex flex-col gap-1 text-status-unknown">
            {unjudged.map((text) => (
              <li key={text}>{sayUnread(text)}</li>
            ))}
          </ul>,
        )}
    </div>
  );
}

function Part({
  title,
  level,
  children,
}: {
  readonly title: string;
  readonly level: 3 | 4;
  readonly children: ReactNode;
}) {
  const Heading = `h${level}` as const;
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <Heading className="text-sm">{title}</Heading>
      {children}
    </section>
  );
}
