"use client";
import type { ReactNode } from "react";
import type { z } from "zod";
import type { Support, UpgradePlan } from "#server/contract/upgrade.ts";
import { inLocale } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { type Tone, toneText } from "../ui/tone.ts";

type SupportFacts = z.infer<typeof Support>;
const SUPPORT_TONES: Readonly<Record<SupportFacts["state"], Tone>> = {
  supported: "ready",
  maintenance: "attention",
  extended: "attention",
  ended: "blocked",
  unknown: "unknown",
};

export function SupportLine({ support }: { readonly support: SupportFacts }) {
  const { t } = useReader();
  const date = support.endsOn ?? t("upgrade.support.no-date");
  const text =
    support.state === "unknown" ? t("upgrade.support.unknown") : t(`upgrade.support.${support.state}`, { date });
  return (
    <span className={cn("font-medium", toneText[SUPPORT_TONES[support.state]])} title={t(`upgrade.by.${support.by}`)}>
      {text}
    </span>
  );
}

/** Support dates of today and of the target, and the effort with the sum it is made of. */
export function PlanFacts({ plan }: { readonly plan: UpgradePlan }) {
  const { t, locale, format } = useReader();
  const { effort, support } = plan;
  return (
    <div className="grid items-stretch gap-3 lg:grid-cols-[1fr_1fr_1.4fr]">
      <Fact title={t("upgrade.support-now", { minor: support.now.minor })}>
        <SupportLine support={support.now} />
        <span className="text-xs text-muted-foreground">{t(`upgrade.by.${support.now.by}`)}</span>
      </Fact>
      <Fact title={t("upgrade.support-target", { minor: support.target.minor })}>
        <SupportLine support={support.target} />
        <span className="text-xs text-muted-foreground">{t(`upgrade.by.${support.target.by}`)}</span>
      </Fact>
      <Fact title={t("upgrade.effort")}>
        <span>
          <span className="text-lg font-semibold">{t(`upgrade.effort.${effort.size}`)}</span>{" "}
          <span className="text-muted-foreground">
            {t("upgrade.effort-points", { points: format.count(effort.points) })}
          </span>
        </span>
        <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted-foreground">
          {effort.parts
            .filter(({ points }) => points > 0)
            .map((part) => (
              <li key={part.key}>
                {inLocale(part.text, locale)} {part.count} × {part.pointsEach} ={" "}
                <span className="font-medium text-foreground">{part.points}</span>
              </li>
            ))}
        </ul>
        <span className="text-xs text-subtle-foreground">{t("upgrade.effort-why")}</span>
      </Fact>
    </div>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card className="flex flex-col gap-1">
      <h3 className="label-caps">{title}</h3>
      {children}
    </Card>
  );
}
