"use client";
import { ShieldAlert, Sparkles } from "lucide-react";
import type { UpgradePlan } from "#server/contract/upgrade.ts";
import { inLocale } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { SupportLine } from "./plan-facts.tsx";

/** The steps minor by minor, what has no way back, and what is gained. */
export function PlanSteps({ plan }: { readonly plan: UpgradePlan }) {
  const { t, locale } = useReader();
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1.6fr_1fr]">
      <Card>
        <CardHeader title={t("upgrade.steps")} note={t("upgrade.steps-note")} level={3} />
        <ol className="mt-3 flex flex-col gap-4">
          {plan.steps.map((step) => (
            <li key={step.minor} className="flex flex-col gap-1.5">
              <p className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-semibold">{t("upgrade.step", { minor: step.minor })}</span>
                <span className="text-xs">
                  <SupportLine support={step.support} />
                </span>
              </p>
              <ol className="flex list-decimal flex-col gap-1 pl-6 marker:text-subtle-foreground">
                {step.actions.map((action) => (
                  <li key={action.key}>{inLocale(action.text, locale)}</li>
                ))}
              </ol>
            </li>
          ))}
        </ol>
      </Card>
      <div className="flex flex-col gap-4">
        <Card>
          <CardHeader title={t("upgrade.possible")} level={3} />
          <Possible plan={plan} />
        </Card>
        <Card>
          <CardHeader title={t("upgrade.no-rollback")} level={3} />
          <ul className="mt-2 flex flex-col gap-1.5">
            {plan.cannotRollBack.map((entry) => (
              <li key={entry.key} className="flex items-start gap-1.5">
                <ShieldAlert aria-hidden size={14} className="mt-0.5 shrink-0 text-status-attention" />
                {inLocale(entry.text, locale)}
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  );
}

function Possible({ plan }: { readonly plan: UpgradePlan }) {
  const { t, locale, format } = useReader();
  if (plan.possible.length === 0) return <p className="mt-2 text-muted-foreground">{t("upgrade.possible-none")}</p>;
  const sayValue = ({ quantity, unit }: { readonly quantity: number; readonly unit: string }) => {
    if (unit === "bytes" || unit === "swap-bytes" || unit === "volume-bytes") return format.bytes(quantity, "memory");
    if (unit === "pod-hours" || unit === "core-hours" || unit === "device-hours") {
      return `${format.count(quantity)} ${t(`features.value.${unit}`)}`;
    }
    return `${format.count(quantity)} ${unit}`;
  };
  return (
    <ul className="mt-2 flex flex-col gap-2">
      {plan.possible.map((entry) => (
        <li
          key={`${entry.feature}/${entry.gate}/${entry.change}/${entry.atMinor}`}
          className="flex items-start gap-1.5"
        >
          <Sparkles aria-hidden size={14} className="mt-0.5 shrink-0 text-status-ready" />
          <span className="flex min-w-0 flex-col">
            <TextLink
              href={`/features/${encodeURIComponent(entry.feature)}?cluster=${encodeURIComponent(plan.cluster)}`}
            >
              {inLocale(entry.title, locale)}
            </TextLink>
            <span className="text-xs break-words text-muted-foreground">
              {entry.gate}, {t(`upgrade.possible.${entry.change}`, { minor: entry.atMinor })}
            </span>
            {entry.value !== null && (
              <span className="text-xs">{t("upgrade.possible-value", { value: sayValue(entry.value) })}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
